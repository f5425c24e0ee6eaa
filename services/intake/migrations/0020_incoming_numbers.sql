-- The numbers of an account that are still arriving: few among many in service.
CREATE INDEX inventory_number_incoming ON inventory_number (account_id, tn) WHERE state = 'INCOMING';
