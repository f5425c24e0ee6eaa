-- What winning carriers ask for. A version is taken in once, whoever delivers it however often.
CREATE TABLE carrier_request (
    winning_spid     text        NOT NULL,
    pon              text        NOT NULL,
    ver              smallint    NOT NULL,
    winning_name     text        NOT NULL,
    wireless         boolean     NOT NULL,
    simple           boolean     NOT NULL,
    -- As given. The account number and the PIN are compared and not kept.
    end_user_name    text        NOT NULL,
    postal_code      text        NOT NULL,
    requested_foc_at timestamptz,
    received_at      timestamptz NOT NULL,
    verdict          text        NOT NULL,
    CONSTRAINT carrier_request_pkey PRIMARY KEY (winning_spid, pon, ver),
    CONSTRAINT carrier_request_ver CHECK (ver BETWEEN 1 AND 99),
    -- OVERTAKEN: a later version had come before it, so it makes no case.
    CONSTRAINT carrier_request_verdict CHECK (verdict IN ('ALLOWED', 'DENIED', 'OVERTAKEN'))
);

-- A request as far as it concerns one account; the platform's own for numbers of nobody.
CREATE TABLE port_out (
    port_out_id       uuid        NOT NULL,
    request_number    bigint      NOT NULL,
    account_id        uuid        NOT NULL,
    winning_spid      text        NOT NULL,
    pon               text        NOT NULL,
    ver               smallint    NOT NULL,
    version           bigint      NOT NULL DEFAULT 1,
    state             text        NOT NULL,
    foc_at            timestamptz,
    silence           text        NOT NULL,
    answer_due_at     timestamptz,
    claim_reason      text,
    claim_explanation text,
    claim_by          text,
    claim_at          timestamptz,
    decision_kind     text,
    decision_subject  text,
    decided_at        timestamptz,
    grounds           text,
    ended_at          timestamptz,
    answer_state      text,
    CONSTRAINT port_out_pkey PRIMARY KEY (port_out_id),
    CONSTRAINT port_out_request_number_once UNIQUE (request_number),
    CONSTRAINT port_out_one_case_an_account UNIQUE (winning_spid, pon, ver, account_id),
    CONSTRAINT port_out_carrier_request 
        FOREIGN KEY (winning_spid, pon, ver) REFERENCES carrier_request,
    CONSTRAINT port_out_state CHECK (
        state IN ('PENDING', 'REJECTION_REVIEW', 'AUTHORIZED', 'REJECTED', 'PORTED_OUT', 'CANCELLED')),
    CONSTRAINT port_out_silence CHECK (silence IN ('AUTHORIZED', 'REJECTED')),
    CONSTRAINT port_out_due CHECK ((answer_due_at IS NOT NULL) = (state IN ('PENDING', 'REJECTION_REVIEW'))),
    CONSTRAINT port_out_claim CHECK (
        (state = 'REJECTION_REVIEW') = (claim_reason IS NOT NULL)
        AND num_nulls(claim_reason, claim_explanation, claim_by, claim_at) IN (0, 4)),
    CONSTRAINT port_out_decision CHECK (
        (decision_kind IS NULL) = (decided_at IS NULL)
        AND (decision_subject IS NOT NULL) = (decision_kind IS NOT DISTINCT FROM 'SUBJECT')
        AND decision_kind IN ('SUBJECT', 'SILENCE', 'POLICY', 'OVERRULED')
        AND (state NOT IN ('AUTHORIZED', 'REJECTED') OR decision_kind IS NOT NULL)
        AND (state NOT IN ('PENDING', 'REJECTION_REVIEW') OR decision_kind IS NULL)),
    CONSTRAINT port_out_grounds CHECK ((state = 'REJECTED') = (grounds IS NOT NULL)),
    CONSTRAINT port_out_ended CHECK (
        (ended_at IS NOT NULL) = (state IN ('REJECTED', 'PORTED_OUT', 'CANCELLED'))),
    CONSTRAINT port_out_answer_state CHECK (answer_state IN ('REQUESTED', 'SENT', 'ACKNOWLEDGED', 'REFUSED'))
);
-- The list of an account, newest first.
CREATE INDEX port_out_of_account ON port_out (account_id, request_number DESC);
-- What silence will decide: nearly always few.
CREATE INDEX port_out_due_first ON port_out (answer_due_at) WHERE answer_due_at IS NOT NULL;

CREATE TABLE port_out_number (
    port_out_id uuid NOT NULL,
    tn          text NOT NULL,
    -- Its place in the request.
    place       int  NOT NULL,
    denial      text,
    CONSTRAINT port_out_number_pkey PRIMARY KEY (port_out_id, tn),
    CONSTRAINT port_out_number_port_out FOREIGN KEY (port_out_id) REFERENCES port_out,
    CONSTRAINT port_out_number_denial CHECK (denial IN (
        'TN_NOT_FOUND', 'TN_NOT_ACTIVE', 'LOCKED', 'PIN', 'PIN_MISSING', 'ACCOUNT_NUMBER', 'ZIP'))
);
CREATE INDEX port_out_number_tn ON port_out_number (tn);

-- What was reported of port-outs, each report once.
CREATE TABLE port_out_progress (
    progress_id  text        NOT NULL,
    winning_spid text        NOT NULL,
    pon          text        NOT NULL,
    news         text        NOT NULL,
    occurred_at  timestamptz NOT NULL,
    CONSTRAINT port_out_progress_pkey PRIMARY KEY (progress_id)
);

-- What happened to a case, for whoever has to explain it later.
CREATE TABLE port_out_history (
    port_out_id uuid        NOT NULL,
    seq         bigint      GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL,
    actor       text        NOT NULL,
    what        text        NOT NULL,
    detail      text        NOT NULL DEFAULT '',
    is_warning  boolean     NOT NULL DEFAULT false,
    CONSTRAINT port_out_history_pkey PRIMARY KEY (port_out_id, seq),
    CONSTRAINT port_out_history_port_out FOREIGN KEY (port_out_id) REFERENCES port_out
);
