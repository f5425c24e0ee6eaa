-- Winning carriers are asked to give numbers back that left, by an id of ours; what they answer, each answer once.
ALTER TABLE command
    DROP CONSTRAINT command_kind_known,
    DROP CONSTRAINT command_answer_is_complete,
    DROP CONSTRAINT command_tns_of_some,
    DROP CONSTRAINT command_words_complete,
    ADD COLUMN request_id uuid,
    ADD CONSTRAINT command_kind_known CHECK (kind IN ('submit', 'supplement', 'cancel', 'activate',
        'answer_port_out', 'conflict_port_out', 'snapback', 'enable_messaging', 'snapback_port_out')),
    ADD CONSTRAINT command_answer_is_complete CHECK (
        (kind IN ('answer_port_out', 'conflict_port_out', 'snapback_port_out')) = (winning_spid IS NOT NULL)
        AND (kind = 'answer_port_out') = (port_out_answer IS NOT NULL)
        AND (kind = 'conflict_port_out') = (conflict IS NOT NULL)),
    ADD CONSTRAINT command_tns_of_some
        CHECK (tns = '{}' OR kind IN ('activate', 'snapback', 'enable_messaging', 'snapback_port_out')),
    ADD CONSTRAINT command_words_complete
        CHECK ((words IS NOT NULL) = (kind IN ('snapback', 'enable_messaging', 'snapback_port_out'))),
    ADD CONSTRAINT command_request_id CHECK ((request_id IS NOT NULL) = (kind = 'snapback_port_out'));
CREATE UNIQUE INDEX command_of_request ON command (request_id) WHERE request_id IS NOT NULL;

CREATE TABLE port_out_snapback_answer (
    connection  text        NOT NULL,
    answer_id   text        NOT NULL,
    -- Ours; there may be none of it.
    request_id  uuid        NOT NULL,
    confirmed   boolean     NOT NULL,
    tns         text[]      NOT NULL,
    -- Exactly as received.
    refusal     text        NOT NULL,
    answered_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT port_out_snapback_answer_pkey PRIMARY KEY (connection, answer_id)
);
CREATE INDEX port_out_snapback_answer_of_request ON port_out_snapback_answer (request_id);
