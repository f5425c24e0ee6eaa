-- Each number is answered by itself: one answer a number of the question, in its order.
ALTER TABLE port_out_consent
    ADD COLUMN answers text[],
    DROP CONSTRAINT port_out_consent_answer;
UPDATE port_out_consent SET answers = array_fill(answer, ARRAY[cardinality(tns)]) WHERE answer IS NOT NULL;
ALTER TABLE port_out_consent
    DROP COLUMN answer,
    ADD CONSTRAINT port_out_consent_answers CHECK (
        answers <@ ARRAY['YES', 'NO'] AND cardinality(answers) = cardinality(tns)),
    ADD CONSTRAINT port_out_consent_proof CHECK (
        num_nulls(answers, answered_at, remote_address, user_agent) IN (0, 4));

-- NOT_AUTHORIZED: the end user said that the request is not theirs.
ALTER TABLE port_out_number
    DROP CONSTRAINT port_out_number_denial,
    ADD CONSTRAINT port_out_number_denial CHECK (denial IN (
        'TN_NOT_FOUND', 'TN_NOT_ACTIVE', 'LOCKED', 'PIN', 'PIN_MISSING', 'ACCOUNT_NUMBER', 'ZIP', 'PENDING_ORDER',
        'NOT_AUTHORIZED'));
