-- What the gateway keeps: carriers, what was asked of them, what they said, and what other carriers ask of us.
-- Leases and retries are in the database's time; every other instant is business time.

CREATE TABLE carrier (
    carrier_id              text    NOT NULL,
    name                    text    NOT NULL,
    spid                    text    NOT NULL,
    network                 text    NOT NULL,
    -- Whose code list it answers with before its network's.
    code_list               text    NOT NULL,
    pin_required            boolean NOT NULL,
    account_number_required boolean NOT NULL,
    CONSTRAINT carrier_pkey PRIMARY KEY (carrier_id),
    CONSTRAINT carrier_spid_key UNIQUE (spid),
    CONSTRAINT carrier_id_form CHECK (carrier_id ~ '^[a-z0-9-]{1,64}$'),
    CONSTRAINT carrier_code_list_form CHECK (code_list ~ '^[a-z0-9-]{1,64}$'),
    CONSTRAINT carrier_spid_form CHECK (spid ~ '^[A-Z0-9]{4}$'),
    CONSTRAINT carrier_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    CONSTRAINT carrier_network_known CHECK (network IN ('wireless', 'wireline'))
);

-- A request of ours at a carrier, over all its versions: what answers are matched to by PON.
CREATE TABLE submission (
    order_id        uuid        NOT NULL,
    account_id      uuid        NOT NULL,
    pon             text        NOT NULL,
    ver             smallint    NOT NULL,
    carrier_id      text        NOT NULL,
    state           text        NOT NULL,
    -- The numbers that are not active yet.
    awaited_tns     text[]      NOT NULL,
    -- When the carrier took the last version in; until then there is nothing to ask about.
    acknowledged_at timestamptz,
    next_poll_at    timestamptz,
    traceparent     text,
    attempts        integer     NOT NULL DEFAULT 0,
    last_error      text,
    retry_at        timestamptz,
    lease_until     timestamptz,
    lease_token     uuid,
    CONSTRAINT submission_pkey PRIMARY KEY (order_id),
    CONSTRAINT submission_pon_key UNIQUE (pon),
    CONSTRAINT submission_ver_range CHECK (ver BETWEEN 1 AND 99),
    CONSTRAINT submission_state_known CHECK (state IN ('open', 'closed')),
    CONSTRAINT submission_closed_awaits_nothing
        CHECK (state = 'open' OR (next_poll_at IS NULL AND cardinality(awaited_tns) = 0)),
    CONSTRAINT submission_polled_once_taken_in CHECK (next_poll_at IS NULL OR acknowledged_at IS NOT NULL)
);
CREATE INDEX submission_due ON submission (next_poll_at) WHERE next_poll_at IS NOT NULL;

CREATE TABLE command (
    command_id        uuid        NOT NULL,
    seq               bigint      GENERATED ALWAYS AS IDENTITY,
    -- The order or the port-out case.
    subject_id        uuid        NOT NULL,
    account_id        uuid        NOT NULL,
    pon               text        NOT NULL,
    ver               smallint    NOT NULL,
    kind              text        NOT NULL,
    -- For the answer to a port-out alone.
    winning_spid      text,
    port_out_answer   jsonb,
    progress          text        NOT NULL,
    requested_at      timestamptz NOT NULL,
    sent_at           timestamptz,
    ended_at          timestamptz,
    carrier_reference text,
    refusal           text,
    traceparent       text,
    attempts          integer     NOT NULL DEFAULT 0,
    last_error        text,
    retry_at          timestamptz,
    lease_until       timestamptz,
    lease_token       uuid,
    CONSTRAINT command_pkey PRIMARY KEY (command_id),
    CONSTRAINT command_seq_key UNIQUE (seq),
    CONSTRAINT command_asked_once UNIQUE (subject_id, ver, kind),
    CONSTRAINT command_ver_range CHECK (ver BETWEEN 1 AND 99),
    CONSTRAINT command_kind_known
        CHECK (kind IN ('submit', 'supplement', 'cancel', 'activate', 'answer_port_out')),
    CONSTRAINT command_answer_is_complete CHECK (
        (kind = 'answer_port_out') = (winning_spid IS NOT NULL)
        AND (winning_spid IS NULL) = (port_out_answer IS NULL)),
    CONSTRAINT command_progress_known CHECK (progress IN ('requested', 'sent', 'acknowledged', 'refused')),
    CONSTRAINT command_sent_before_acknowledged CHECK (
        CASE progress WHEN 'requested' THEN sent_at IS NULL WHEN 'refused' THEN true ELSE sent_at IS NOT NULL END),
    CONSTRAINT command_ended_has_end CHECK ((progress IN ('acknowledged', 'refused')) = (ended_at IS NOT NULL)),
    CONSTRAINT command_refused_says_why CHECK ((progress = 'refused') = (refusal IS NOT NULL))
);
CREATE INDEX command_open ON command (seq) WHERE progress IN ('requested', 'sent');
CREATE INDEX command_open_of_subject ON command (subject_id, seq) WHERE progress IN ('requested', 'sent');
CREATE INDEX command_of_port_out ON command (winning_spid, pon, ver) WHERE kind = 'answer_port_out';

-- What a carrier partner said, each answer once however often it was delivered.
CREATE TABLE answer (
    connection   text        NOT NULL,
    answer_id    text        NOT NULL,
    pon          text        NOT NULL,
    ver          smallint    NOT NULL,
    -- None: no order of ours has this PON, and the answer was not announced.
    order_id     uuid,
    said         text        NOT NULL,
    -- Exactly as received.
    reasons      jsonb       NOT NULL,
    foc_at       timestamptz,
    tns          text[]      NOT NULL,
    answered_at  timestamptz NOT NULL,
    -- Which way it came first.
    found_by     text        NOT NULL,
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT answer_pkey PRIMARY KEY (connection, answer_id),
    CONSTRAINT answer_ver_range CHECK (ver BETWEEN 1 AND 99),
    CONSTRAINT answer_said_known CHECK (said IN ('rejected', 'update_required', 'delayed', 'foc', 'activated',
        'cancelled', 'change_refused')),
    CONSTRAINT answer_foc_has_date CHECK ((said = 'foc') = (foc_at IS NOT NULL)),
    CONSTRAINT answer_found_by_known CHECK (found_by IN ('feed', 'reference'))
);
CREATE INDEX answer_of_pon ON answer (pon, answered_at);

-- What a carrier partner sent that cannot be read: a person has to look. Without its content, which may be secret.
CREATE TABLE unreadable_change (
    unreadable_change_id bigint      GENERATED ALWAYS AS IDENTITY,
    connection           text        NOT NULL,
    -- Where in the feed it stood; empty when it came by reference.
    cursor               text        NOT NULL,
    what                 text        NOT NULL,
    key                  text        NOT NULL,
    why                  text        NOT NULL,
    recorded_at          timestamptz NOT NULL,
    CONSTRAINT unreadable_change_pkey PRIMARY KEY (unreadable_change_id),
    CONSTRAINT unreadable_change_found_once UNIQUE (connection, cursor, what, key)
);

-- How far the change feed of each connection was read.
CREATE TABLE poll (
    connection   text        NOT NULL,
    cursor       text        NOT NULL DEFAULT '',
    next_poll_at timestamptz NOT NULL,
    -- An earlier poll that something asked for.
    wanted_at    timestamptz,
    attempts     integer     NOT NULL DEFAULT 0,
    last_error   text,
    retry_at     timestamptz,
    lease_until  timestamptz,
    lease_token  uuid,
    CONSTRAINT poll_pkey PRIMARY KEY (connection)
);

-- Other carriers' port-out requests and their news, on the way to intake.
CREATE TABLE inbound (
    inbound_id     uuid        NOT NULL,
    seq            bigint      GENERATED ALWAYS AS IDENTITY,
    connection     text        NOT NULL,
    kind           text        NOT NULL,
    winning_spid   text        NOT NULL,
    pon            text        NOT NULL,
    ver            smallint,
    progress_id    text,
    -- What is passed on, without the secrets.
    details        jsonb       NOT NULL,
    -- Sealed; erased once intake has them.
    account_number bytea,
    pin            bytea,
    state          text        NOT NULL,
    -- The cases that intake made of a request.
    port_out_ids   uuid[],
    recorded_at    timestamptz NOT NULL,
    attempts       integer     NOT NULL DEFAULT 0,
    last_error     text,
    retry_at       timestamptz,
    lease_until    timestamptz,
    lease_token    uuid,
    CONSTRAINT inbound_pkey PRIMARY KEY (inbound_id),
    CONSTRAINT inbound_seq_key UNIQUE (seq),
    CONSTRAINT inbound_kind_has_key CHECK (
        CASE kind WHEN 'request' THEN ver BETWEEN 1 AND 99 AND progress_id IS NULL
                  WHEN 'progress' THEN ver IS NULL AND progress_id IS NOT NULL
                  ELSE false END),
    CONSTRAINT inbound_state_known CHECK (state IN ('waiting', 'delivered', 'refused')),
    CONSTRAINT inbound_secrets_only_while_waiting
        CHECK (state = 'waiting' OR (account_number IS NULL AND pin IS NULL)),
    CONSTRAINT inbound_delivered_request_has_cases
        CHECK ((state = 'delivered' AND kind = 'request') = (port_out_ids IS NOT NULL))
);
CREATE UNIQUE INDEX inbound_request_key ON inbound (connection, winning_spid, pon, ver) WHERE kind = 'request';
CREATE UNIQUE INDEX inbound_progress_key ON inbound (connection, progress_id) WHERE kind = 'progress';
CREATE INDEX inbound_waiting ON inbound (winning_spid, pon, seq) WHERE state = 'waiting';

-- Open commands that have all they need. A request that intake made several cases of gets one answer, so no case is
-- answered before all are; and none before intake has said how many there are.
CREATE VIEW command_ready AS
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
                   WHERE sibling.kind = 'answer_port_out' AND sibling.winning_spid = mine.winning_spid
                     AND sibling.pon = mine.pon AND sibling.ver = mine.ver)));
