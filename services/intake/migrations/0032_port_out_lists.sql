-- What lists of port-outs are filtered and sorted by, kept with each case. What a request says never changes.
ALTER TABLE port_out
    ADD COLUMN received_at      timestamptz,
    ADD COLUMN number_count     int,
    -- As they are compared: without case, punctuation and blanks; a ZIP without its +4.
    ADD COLUMN winning_name_key text,
    ADD COLUMN end_user_key     text,
    ADD COLUMN postal_code_key  text,
    ADD COLUMN decided_by       text GENERATED ALWAYS AS (coalesce(decision_subject, decision_kind)) STORED,
    ADD COLUMN rejection_reason text GENERATED ALWAYS AS (coalesce(grounds, claim_reason)) STORED;
UPDATE port_out
   SET received_at = carrier_request.received_at,
       number_count = (SELECT count(*) FROM port_out_number
                        WHERE port_out_number.port_out_id = port_out.port_out_id),
       winning_name_key = upper(regexp_replace(winning_name, '[^[:alnum:]]', '', 'g')),
       end_user_key = upper(regexp_replace(end_user_name, '[^[:alnum:]]', '', 'g')),
       postal_code_key = regexp_replace(upper(regexp_replace(postal_code, '[^[:alnum:]]', '', 'g')),
                                        '^([0-9]{5})[0-9]+$', '\1')
  FROM carrier_request
 WHERE (carrier_request.winning_spid, carrier_request.pon, carrier_request.ver)
       = (port_out.winning_spid, port_out.pon, port_out.ver);
ALTER TABLE port_out
    ALTER COLUMN received_at SET NOT NULL,
    ALTER COLUMN number_count SET NOT NULL,
    ALTER COLUMN winning_name_key SET NOT NULL,
    ALTER COLUMN end_user_key SET NOT NULL,
    ALTER COLUMN postal_code_key SET NOT NULL;

-- One index for each filter and each sort, twice: an account's port-outs, and everybody's for the platform. A case
-- changes a few times in days; lists are read all day. What few cases share has one index for both.
CREATE INDEX port_out_list_state ON port_out (account_id, state, request_number);
CREATE INDEX port_out_list_received ON port_out (account_id, received_at, request_number);
CREATE INDEX port_out_list_foc ON port_out (account_id, foc_at, request_number);
CREATE INDEX port_out_list_due ON port_out (account_id, answer_due_at, request_number)
    WHERE answer_due_at IS NOT NULL;
CREATE INDEX port_out_list_ended ON port_out (account_id, ended_at, request_number);
CREATE INDEX port_out_list_size ON port_out (account_id, number_count, request_number);
CREATE INDEX port_out_list_spid ON port_out (account_id, winning_spid, request_number);
CREATE INDEX port_out_list_winner ON port_out (account_id, winning_name_key, request_number);
CREATE INDEX port_out_list_answer ON port_out (account_id, answer_state, request_number);
CREATE INDEX port_out_list_decider ON port_out (account_id, decided_by, request_number)
    WHERE decided_by IS NOT NULL;
CREATE INDEX port_out_list_reason ON port_out (account_id, rejection_reason, request_number)
    WHERE rejection_reason IS NOT NULL;
CREATE INDEX port_out_all_of_state ON port_out (state, request_number);
CREATE INDEX port_out_all_received ON port_out (received_at, request_number);
CREATE INDEX port_out_all_foc ON port_out (foc_at, request_number);
CREATE INDEX port_out_all_due ON port_out (answer_due_at, request_number) WHERE answer_due_at IS NOT NULL;
CREATE INDEX port_out_all_ended ON port_out (ended_at, request_number);
CREATE INDEX port_out_all_size ON port_out (number_count, request_number);
CREATE INDEX port_out_all_of_spid ON port_out (winning_spid, request_number);
CREATE INDEX port_out_all_of_winner ON port_out (winning_name_key, request_number);
CREATE INDEX port_out_all_of_answer ON port_out (answer_state, request_number);
CREATE INDEX port_out_all_of_decider ON port_out (decided_by, request_number) WHERE decided_by IS NOT NULL;
CREATE INDEX port_out_all_of_reason ON port_out (rejection_reason, request_number)
    WHERE rejection_reason IS NOT NULL;
CREATE INDEX port_out_of_pon ON port_out (pon, account_id, request_number);
CREATE INDEX port_out_of_end_user ON port_out (end_user_key, account_id, request_number);
CREATE INDEX port_out_of_postal_code ON port_out (postal_code_key, account_id, request_number);
DROP INDEX port_out_due_first;
