CREATE SEQUENCE dispute_request_number START 100001;

-- Ports that are said to be unauthorized or mistaken.
CREATE TABLE dispute (
    dispute_id           uuid        NOT NULL,
    request_number       bigint      NOT NULL,
    account_id           uuid        NOT NULL,
    version              bigint      NOT NULL DEFAULT 1,
    direction            text        NOT NULL,
    order_id             uuid,
    port_out_id          uuid,
    -- The number of the order or port-out.
    subject_number       bigint      NOT NULL,
    kind                 text        NOT NULL,
    reporter             text        NOT NULL,
    reporter_name        text        NOT NULL,
    carrier_name         text        NOT NULL,
    opened_by            text        NOT NULL,
    opened_at            timestamptz NOT NULL,
    state                text        NOT NULL,
    -- The wish that the carrier has yet to answer.
    snapback_id          uuid,
    answer_missed_at     timestamptz,
    resolution_missed_at timestamptz,
    -- When the next clock runs out (business time).
    due_at               timestamptz,
    -- In the database's time: what failed is not tried before.
    retry_at             timestamptz,
    settled_at           timestamptz,
    explanation          text        NOT NULL DEFAULT '',
    CONSTRAINT dispute_pkey PRIMARY KEY (dispute_id),
    CONSTRAINT dispute_request_number_once UNIQUE (request_number),
    CONSTRAINT dispute_order FOREIGN KEY (order_id) REFERENCES port_order,
    CONSTRAINT dispute_port_out FOREIGN KEY (port_out_id) REFERENCES port_out,
    CONSTRAINT dispute_direction CHECK (
        CASE direction WHEN 'PORT_IN' THEN order_id IS NOT NULL AND port_out_id IS NULL
                       WHEN 'PORT_OUT' THEN port_out_id IS NOT NULL AND order_id IS NULL
                       ELSE false END),
    CONSTRAINT dispute_kind CHECK (kind IN ('UNAUTHORIZED', 'MISTAKEN')),
    CONSTRAINT dispute_reporter CHECK (reporter IN ('ACCOUNT', 'END_USER', 'CARRIER')),
    CONSTRAINT dispute_state CHECK (
        state IN ('OPEN', 'ANSWERED', 'SNAPBACK_ASKED', 'SNAPBACK_REFUSED', 'RETURNED', 'SETTLED')),
    CONSTRAINT dispute_snapback_open CHECK ((state = 'SNAPBACK_ASKED') = (snapback_id IS NOT NULL)),
    CONSTRAINT dispute_settled CHECK ((state = 'SETTLED') = (settled_at IS NOT NULL)),
    CONSTRAINT dispute_due CHECK (state <> 'SETTLED' OR due_at IS NULL)
);
CREATE INDEX dispute_of_account ON dispute (account_id, request_number DESC);
CREATE INDEX dispute_of_order ON dispute (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX dispute_of_port_out ON dispute (port_out_id) WHERE port_out_id IS NOT NULL;
CREATE INDEX dispute_due_first ON dispute (due_at) WHERE due_at IS NOT NULL;
-- The ones that operations look for, few among many.
CREATE INDEX dispute_overdue ON dispute (request_number DESC)
    WHERE state <> 'SETTLED' AND (resolution_missed_at IS NOT NULL OR answer_missed_at IS NOT NULL);
CREATE UNIQUE INDEX dispute_by_snapback ON dispute (snapback_id) WHERE snapback_id IS NOT NULL;

CREATE TABLE dispute_number (
    dispute_id  uuid    NOT NULL,
    tn          text    NOT NULL,
    returned_at timestamptz,
    outcome     text,
    charged     boolean NOT NULL DEFAULT false,
    is_open     boolean NOT NULL,
    CONSTRAINT dispute_number_pkey PRIMARY KEY (dispute_id, tn),
    CONSTRAINT dispute_number_dispute FOREIGN KEY (dispute_id) REFERENCES dispute,
    CONSTRAINT dispute_number_outcome CHECK (outcome IN ('RETURNED', 'UPHELD', 'WITHDRAWN')),
    CONSTRAINT dispute_number_settled CHECK (is_open = (outcome IS NULL)),
    CONSTRAINT dispute_number_returned CHECK (outcome IS NULL OR (outcome = 'RETURNED') = (returned_at IS NOT NULL)),
    CONSTRAINT dispute_number_charged CHECK (NOT charged OR outcome = 'RETURNED')
);
CREATE INDEX dispute_number_tn ON dispute_number (tn);
-- A number is in one open dispute at most.
CREATE UNIQUE INDEX dispute_number_once ON dispute_number (tn) WHERE is_open;

-- What was said, never changed.
CREATE TABLE dispute_statement (
    dispute_id  uuid        NOT NULL,
    seq         bigint      GENERATED ALWAYS AS IDENTITY,
    author      text        NOT NULL,
    by_platform boolean     NOT NULL,
    stated_at   timestamptz NOT NULL,
    body        text        NOT NULL,
    is_answer   boolean     NOT NULL,
    CONSTRAINT dispute_statement_pkey PRIMARY KEY (dispute_id, seq),
    CONSTRAINT dispute_statement_dispute FOREIGN KEY (dispute_id) REFERENCES dispute,
    CONSTRAINT dispute_statement_body CHECK (char_length(body) BETWEEN 1 AND 4000)
);

-- Wishes to have ports undone. How far one about an order has come stands with the order's snapback of the same id.
CREATE TABLE dispute_snapback (
    snapback_id  uuid        NOT NULL,
    dispute_id   uuid        NOT NULL,
    tns          text[]      NOT NULL,
    reason       text        NOT NULL,
    requested_by text        NOT NULL,
    requested_at timestamptz NOT NULL,
    state        text,
    since        timestamptz NOT NULL,
    refusal      text        NOT NULL DEFAULT '',
    CONSTRAINT dispute_snapback_pkey PRIMARY KEY (snapback_id),
    CONSTRAINT dispute_snapback_dispute FOREIGN KEY (dispute_id) REFERENCES dispute,
    CONSTRAINT dispute_snapback_state CHECK (state IN ('REQUESTED', 'SENT', 'ACKNOWLEDGED', 'CONFIRMED', 'REFUSED'))
);
CREATE INDEX dispute_snapback_of_dispute ON dispute_snapback (dispute_id, requested_at, snapback_id);

-- Numbers that left by a port-out, as the inventory had them, so that one that comes back is as it was.
CREATE TABLE departed_number (
    port_out_id uuid  NOT NULL,
    tn          text  NOT NULL,
    account_id  uuid  NOT NULL,
    record      jsonb NOT NULL,
    CONSTRAINT departed_number_pkey PRIMARY KEY (port_out_id, tn)
);
