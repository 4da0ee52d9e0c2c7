-- With each new certificate those that are over are dropped: not by reading all there are.
CREATE INDEX host_certificates_by_end ON host_certificates (not_after_us);
