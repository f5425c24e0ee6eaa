-- What else is asked of carriers, and what else they say.
ALTER TABLE command
    DROP CONSTRAINT command_asked_once,
    DROP CONSTRAINT command_kind_known,
    -- The event that asked for it; unknown of what was asked before this column was there.
    ADD COLUMN asked_by  uuid,
    -- The decision that stands, for one about the same port-out that came after it.
    ADD COLUMN second_of uuid,
    -- For a supplement: it changes the wanted date alone.
    ADD COLUMN date_only boolean NOT NULL DEFAULT false,
    -- The numbers, for what is about some of an order's; none: all.
    ADD COLUMN tns       text[]  NOT NULL DEFAULT '{}',
    -- Why a port is undone, or the campaign that texts are sent under.
    ADD COLUMN words     text,
    ADD CONSTRAINT command_kind_known CHECK (kind IN ('submit', 'supplement', 'cancel', 'activate',
        'answer_port_out', 'snapback', 'enable_messaging')),
    ADD CONSTRAINT command_date_only_supplements CHECK (NOT date_only OR kind = 'supplement'),
    ADD CONSTRAINT command_tns_of_some
        CHECK (tns = '{}' OR kind IN ('activate', 'snapback', 'enable_messaging')),
    ADD CONSTRAINT command_words_complete CHECK ((words IS NOT NULL) = (kind IN ('snapback', 'enable_messaging'))),
    ADD CONSTRAINT command_second_is_refused
        CHECK (second_of IS NULL OR (kind = 'answer_port_out' AND progress = 'refused')),
    ADD CONSTRAINT command_second_of_fkey FOREIGN KEY (second_of) REFERENCES command (command_id);
-- A version is sent, withdrawn and answered once; numbers of it may be activated, given back and registered in parts.
CREATE UNIQUE INDEX command_asked_once ON command (subject_id, ver, kind)
    WHERE kind IN ('submit', 'supplement', 'cancel', 'answer_port_out') AND second_of IS NULL;
CREATE UNIQUE INDEX command_asked_by_key ON command (asked_by);

CREATE OR REPLACE VIEW command_ready AS
SELECT mine.command_id, mine.seq, mine.subject_id
  FROM command AS mine
 WHERE mine.progress IN ('requested', 'sent')
   AND NOT EXISTS (
       SELECT FROM inbound AS request
        WHERE mine.kind = 'answer_port_out' AND request.kind = 'request'
          AND request.winning_spid = mine.winning_spid AND request.pon = mine.pon AND request.ver = mine.ver
          AND (request.state = 'waiting'
               OR cardinality(request.port_out_ids) > (
                  SELECT count(*) FROM command AS sibling
                   WHERE sibling.kind = 'answer_port_out' AND sibling.second_of IS NULL
                     AND sibling.winning_spid = mine.winning_spid
                     AND sibling.pon = mine.pon AND sibling.ver = mine.ver)));

ALTER TABLE answer
    DROP CONSTRAINT answer_said_known,
    ADD CONSTRAINT answer_said_known CHECK (said IN ('rejected', 'update_required', 'delayed', 'foc', 'activated',
        'cancelled', 'change_refused', 'snapback_confirmed', 'snapback_refused'));

-- How tests of numbers that became ours ended, each once however often it was delivered.
CREATE TABLE capability_test (
    connection  text        NOT NULL,
    test_id     text        NOT NULL,
    pon         text        NOT NULL,
    -- None: no order of ours has this PON, and the test was not announced.
    order_id    uuid,
    tn          text        NOT NULL,
    capability  text        NOT NULL,
    passed      boolean     NOT NULL,
    -- Exactly as received.
    detail      text        NOT NULL,
    tested_at   timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT capability_test_pkey PRIMARY KEY (connection, test_id),
    CONSTRAINT capability_test_capability_known CHECK (capability IN ('voice_inbound', 'voice_outbound',
        'emergency', 'caller_name', 'messaging'))
);
CREATE INDEX capability_test_of_pon ON capability_test (pon, tested_at);
