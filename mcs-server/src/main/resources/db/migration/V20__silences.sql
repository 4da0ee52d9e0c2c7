-- The guest's word: how long nothing went to its peers and came from them around its landing, its pause not counted.
ALTER TABLE migrations ADD COLUMN silence_vm_to_peer_us INTEGER;
ALTER TABLE migrations ADD COLUMN silence_peer_to_vm_us INTEGER;
