-- Who told vm_downtime_ms, which is not null where that is not; until now of a post-copy the source's libvirt did.
ALTER TABLE migrations ADD COLUMN downtime_by TEXT;
UPDATE migrations SET downtime_by = CASE
        WHEN strategy = 'COLD' THEN 'SERVER'
        WHEN strategy IN ('POST_COPY', 'HYBRID_COPY') THEN 'SOURCE'
        ELSE 'HYPERVISORS' END
    WHERE vm_downtime_ms IS NOT NULL;
