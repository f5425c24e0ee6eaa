-- Numbers that left us and that we want back: what the winning carrier will have said by answered_at.
ALTER TABLE script
    -- Why numbers that left are not given back; none: they are.
    ADD COLUMN port_out_snapback_refusal text;

CREATE TABLE port_out_snapback (
    request_id  text        NOT NULL,
    port_out_id bigint      NOT NULL,
    -- None: all of the request.
    tns         text[]      NOT NULL,
    -- Why they are not given back; none: they are.
    refusal     text,
    answered_at timestamptz NOT NULL,
    CONSTRAINT port_out_snapback_pkey PRIMARY KEY (request_id),
    CONSTRAINT port_out_snapback_port_out_fkey FOREIGN KEY (port_out_id) REFERENCES port_out (port_out_id)
);

ALTER TABLE change
    ADD COLUMN snapback_id text,
    DROP CONSTRAINT change_one_subject,
    ADD CONSTRAINT change_one_subject
        CHECK (num_nonnulls(answer_id, port_out_id, progress_id, test_id, snapback_id) = 1),
    ADD CONSTRAINT change_snapback_fkey FOREIGN KEY (snapback_id) REFERENCES port_out_snapback (request_id);

ALTER TABLE call
    DROP CONSTRAINT call_rpc,
    ADD CONSTRAINT call_rpc CHECK (rpc IN ('SubmitPort', 'CancelPort', 'ActivatePort', 'AnswerPortOut',
        'SnapbackPort', 'EnableMessaging', 'RaisePortOutConflict', 'SnapbackPortOut'));
