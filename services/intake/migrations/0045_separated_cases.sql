-- Lines that are separated from their account while a request for them is open become a case of the platform's, beside the one
-- that it may have already. Customers have one case of a request at most, as before.
CREATE INDEX port_out_of_request ON port_out (winning_spid, pon, ver);
ALTER TABLE port_out DROP CONSTRAINT port_out_one_case_an_account;
CREATE UNIQUE INDEX port_out_one_case_an_account ON port_out (winning_spid, pon, ver, account_id)
    WHERE account_id <> '00000000-0000-0000-0000-000000000000';
