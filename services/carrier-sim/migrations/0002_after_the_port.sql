-- Numbers of a request that are activated, given back and tested by themselves.
ALTER TABLE script
    ADD COLUMN tests             jsonb NOT NULL DEFAULT '[]',
    -- Why messaging is not enabled; none: it is.
    ADD COLUMN messaging_refusal text;

-- The numbers whose cut-over was asked for, each once a version.
CREATE TABLE activation (
    pon text    NOT NULL,
    ver integer NOT NULL,
    tn  text    NOT NULL,
    CONSTRAINT activation_pkey PRIMARY KEY (pon, ver, tn),
    CONSTRAINT activation_version_fkey FOREIGN KEY (pon, ver) REFERENCES port_version (pon, ver)
);
INSERT INTO activation (pon, ver, tn)
SELECT DISTINCT pon, ver, tn
  FROM port_request JOIN port_version USING (pon) CROSS JOIN unnest(tns) AS tn
 WHERE ver = activation_ver;
ALTER TABLE port_request DROP COLUMN activation_ver;

-- What was asked with an id of its own, each once.
CREATE TABLE ask (
    request_id text NOT NULL,
    pon        text NOT NULL,
    CONSTRAINT ask_pkey PRIMARY KEY (request_id),
    CONSTRAINT ask_request_fkey FOREIGN KEY (pon) REFERENCES port_request (pon)
);

ALTER TABLE scheduled_answer
    -- The numbers it is about; none: all.
    ADD COLUMN tns text[] NOT NULL DEFAULT '{}',
    DROP CONSTRAINT scheduled_answer_kind,
    ADD CONSTRAINT scheduled_answer_kind CHECK (kind IN
        ('REJECTED', 'UPDATE_REQUIRED', 'DELAYED', 'FOC', 'ACTIVATED', 'CANCELLED', 'CHANGE_REFUSED',
         'SNAPBACK_CONFIRMED', 'SNAPBACK_REFUSED'));

-- How tests of numbers will have ended by tested_at.
CREATE TABLE scheduled_test (
    test_id    text        NOT NULL,
    pon        text        NOT NULL,
    -- The activation that it follows, and goes with when that is taken back.
    answer_id  text,
    tn         text        NOT NULL,
    capability text        NOT NULL,
    passed     boolean     NOT NULL,
    detail     text        NOT NULL,
    tested_at  timestamptz NOT NULL,
    CONSTRAINT scheduled_test_pkey PRIMARY KEY (test_id),
    CONSTRAINT scheduled_test_request_fkey FOREIGN KEY (pon) REFERENCES port_request (pon),
    CONSTRAINT scheduled_test_answer_fkey FOREIGN KEY (answer_id) REFERENCES scheduled_answer (answer_id),
    CONSTRAINT scheduled_test_capability CHECK (capability IN
        ('VOICE_INBOUND', 'VOICE_OUTBOUND', 'EMERGENCY', 'CALLER_NAME', 'MESSAGING'))
);
CREATE INDEX scheduled_test_of_answer ON scheduled_test (answer_id) WHERE answer_id IS NOT NULL;

ALTER TABLE change
    ADD COLUMN test_id text,
    DROP CONSTRAINT change_one_subject,
    ADD CONSTRAINT change_one_subject CHECK (num_nonnulls(answer_id, port_out_id, progress_id, test_id) = 1),
    ADD CONSTRAINT change_test_fkey FOREIGN KEY (test_id) REFERENCES scheduled_test (test_id);
CREATE INDEX change_of_test ON change (test_id) WHERE test_id IS NOT NULL;

ALTER TABLE call
    DROP CONSTRAINT call_rpc,
    ADD CONSTRAINT call_rpc CHECK (rpc IN ('SubmitPort', 'CancelPort', 'ActivatePort', 'AnswerPortOut',
        'SnapbackPort', 'EnableMessaging'));

ALTER TABLE port_out_answer
    -- The numbers that may not go, though the request is authorized.
    ADD COLUMN denied text[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT port_out_answer_denied CHECK (authorized OR denied = '{}');
