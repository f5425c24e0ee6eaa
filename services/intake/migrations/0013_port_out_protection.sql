-- How the winning carrier reads our answer; until when (business clock) our answer to wrong PINs is held back.
ALTER TABLE carrier_request
    ADD COLUMN answers_per_number boolean NOT NULL DEFAULT false,
    ADD COLUMN answer_held_until timestamptz;
CREATE INDEX carrier_request_held ON carrier_request (answer_held_until) WHERE answer_held_until IS NOT NULL;

-- The policy that a case met; the numbers that a claim is true of; what operations say of it.
ALTER TABLE port_out
    ADD COLUMN policy_version int NOT NULL DEFAULT 0,
    ADD COLUMN policy_outcome text NOT NULL DEFAULT 'HOLD',
    ADD COLUMN policy_due_at timestamptz,
    ADD COLUMN claim_tns text[] NOT NULL DEFAULT '{}',
    ADD COLUMN review_explanation text NOT NULL DEFAULT '';
UPDATE port_out
   SET policy_due_at = coalesce(answer_due_at, carrier_request.received_at + interval '24 hours'),
       claim_tns = CASE WHEN claim_reason IS NULL THEN '{}' ELSE ARRAY(
           SELECT tn FROM port_out_number
            WHERE port_out_number.port_out_id = port_out.port_out_id AND denial IS NULL ORDER BY place) END
  FROM carrier_request
 WHERE (carrier_request.winning_spid, carrier_request.pon, carrier_request.ver)
       = (port_out.winning_spid, port_out.pon, port_out.ver);
ALTER TABLE port_out
    ALTER COLUMN policy_due_at SET NOT NULL,
    ALTER COLUMN policy_version DROP DEFAULT,
    ALTER COLUMN policy_outcome DROP DEFAULT,
    ADD CONSTRAINT port_out_policy_outcome CHECK (
        policy_outcome IN ('AUTHORIZE', 'HOLD', 'REQUIRE_PIN', 'ASK_END_USER')),
    ADD CONSTRAINT port_out_claim_tns CHECK (claim_reason IS NOT NULL OR claim_tns = '{}'),
    DROP CONSTRAINT port_out_decision,
    ADD CONSTRAINT port_out_decision CHECK (
        (decision_kind IS NULL) = (decided_at IS NULL)
        AND (decision_subject IS NOT NULL) = (decision_kind IS NOT DISTINCT FROM 'SUBJECT')
        AND decision_kind IN ('SUBJECT', 'SILENCE', 'POLICY', 'OVERRULED', 'END_USER')
        AND (state NOT IN ('AUTHORIZED', 'REJECTED') OR decision_kind IS NOT NULL)
        AND (state NOT IN ('PENDING', 'REJECTION_REVIEW') OR decision_kind IS NULL));

-- How what was given compares, never what it was; PENDING_ORDER can come from a rejection that was upheld.
ALTER TABLE port_out_number
    ADD COLUMN account_number_match text NOT NULL DEFAULT 'NOT_COMPARED',
    ADD COLUMN postal_code_match text NOT NULL DEFAULT 'NOT_COMPARED',
    ADD COLUMN pin_match text NOT NULL DEFAULT 'NOT_COMPARED',
    ADD COLUMN name_match text NOT NULL DEFAULT 'NOT_COMPARED',
    ADD COLUMN separated boolean NOT NULL DEFAULT false,
    DROP CONSTRAINT port_out_number_denial,
    ADD CONSTRAINT port_out_number_denial CHECK (denial IN (
        'TN_NOT_FOUND', 'TN_NOT_ACTIVE', 'LOCKED', 'PIN', 'PIN_MISSING', 'ACCOUNT_NUMBER', 'ZIP', 'PENDING_ORDER')),
    ADD CONSTRAINT port_out_number_matches CHECK (
        ARRAY[account_number_match, postal_code_match, pin_match, name_match]
        <@ ARRAY['MATCHED', 'NOT_MATCHED', 'NOT_GIVEN', 'NOT_COMPARED']);

-- What accounts do with requests; versions are added, never changed.
CREATE TABLE port_out_policy (
    account_id              uuid        NOT NULL,
    version                 int         NOT NULL,
    us_wireline             text        NOT NULL,
    us_wireline_minutes     smallint,
    us_wireless             text        NOT NULL,
    us_wireless_minutes     smallint,
    canada_wireline         text        NOT NULL,
    canada_wireline_minutes smallint,
    canada_wireless         text        NOT NULL,
    set_by                  text        NOT NULL,
    set_at                  timestamptz NOT NULL,
    CONSTRAINT port_out_policy_pkey PRIMARY KEY (account_id, version),
    CONSTRAINT port_out_policy_version CHECK (version >= 1),
    -- No outcome refuses, and none asks a wireline carrier's customer first.
    CONSTRAINT port_out_policy_wireline CHECK (
        ARRAY[us_wireline, canada_wireline] <@ ARRAY['AUTHORIZE', 'HOLD', 'REQUIRE_PIN']),
    CONSTRAINT port_out_policy_us_wireless CHECK (
        us_wireless IN ('AUTHORIZE', 'HOLD', 'REQUIRE_PIN', 'ASK_END_USER')),
    CONSTRAINT port_out_policy_canada_wireless CHECK (canada_wireless IN ('HOLD', 'ASK_END_USER')),
    CONSTRAINT port_out_policy_minutes CHECK (
        us_wireline_minutes BETWEEN 15 AND 1440 AND us_wireless_minutes BETWEEN 15 AND 1440
        AND canada_wireline_minutes BETWEEN 15 AND 1440)
);

-- PINs that a winning carrier has to give, as keyed and slow hashes. `tn` empty: the account's own.
CREATE TABLE port_out_pin (
    account_id uuid        NOT NULL,
    tn         text        NOT NULL,
    hash       bytea       NOT NULL,
    set_by     text        NOT NULL,
    set_at     timestamptz NOT NULL,
    CONSTRAINT port_out_pin_pkey PRIMARY KEY (account_id, tn),
    CONSTRAINT port_out_pin_hash CHECK (octet_length(hash) = 32)
);
-- PINs for one port-out, which end by the business clock. Used up by the first order that brings it, whose later versions
-- may bring it again.
CREATE TABLE transfer_pin (
    account_id uuid        NOT NULL,
    tn         text        NOT NULL,
    hash       bytea       NOT NULL,
    issued_by  text        NOT NULL,
    issued_at  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_spid  text,
    used_pon   text,
    CONSTRAINT transfer_pin_pkey PRIMARY KEY (account_id, tn),
    CONSTRAINT transfer_pin_hash CHECK (octet_length(hash) = 32),
    CONSTRAINT transfer_pin_used CHECK ((used_spid IS NULL) = (used_pon IS NULL))
);
-- Requests that had to give a PIN. The PIN is not kept.
CREATE TABLE pin_attempt (
    account_id   uuid        NOT NULL,
    seq          bigint      GENERATED ALWAYS AS IDENTITY,
    tn           text        NOT NULL,
    result       text        NOT NULL,
    at           timestamptz NOT NULL,
    winning_spid text        NOT NULL,
    pon          text        NOT NULL,
    ver          smallint    NOT NULL,
    CONSTRAINT pin_attempt_pkey PRIMARY KEY (account_id, seq),
    CONSTRAINT pin_attempt_result CHECK (result IN ('MATCHED', 'NOT_MATCHED', 'NOT_GIVEN'))
);
CREATE INDEX pin_attempt_of_number ON pin_attempt (account_id, tn, seq);
-- The wrong ones of the last hours.
CREATE INDEX pin_attempt_wrong ON pin_attempt (account_id, at) WHERE result = 'NOT_MATCHED';

-- Who locked a number and who lifted the lock; the lock itself stands in the inventory.
CREATE TABLE number_lock_change (
    account_id uuid        NOT NULL,
    tn         text        NOT NULL,
    seq        bigint      GENERATED ALWAYS AS IDENTITY,
    locked     boolean     NOT NULL,
    changed_by text        NOT NULL,
    changed_at timestamptz NOT NULL,
    note       text        NOT NULL,
    CONSTRAINT number_lock_change_pkey PRIMARY KEY (account_id, tn, seq)
);

-- Lines that were separated from their account (Safe Connections Act, 47 USC 345): its lock and its PIN do not hold them,
-- and it is not told of their port-outs.
CREATE TABLE line_separation (
    account_id  uuid        NOT NULL,
    tn          text        NOT NULL,
    reference   text        NOT NULL,
    recorded_by text        NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT line_separation_pkey PRIMARY KEY (account_id, tn)
);

-- Questions to end users, whether their numbers may go.
CREATE TABLE port_out_consent (
    consent_id  uuid        NOT NULL,
    port_out_id uuid        NOT NULL,
    tns         text[]      NOT NULL,
    email       text        NOT NULL,
    asked_at    timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    answer      text,
    answered_at timestamptz,
    -- Who answered, as far as the connection tells: with the link that went to the address alone, this is the proof.
    remote_address text,
    user_agent     text,
    CONSTRAINT port_out_consent_pkey PRIMARY KEY (consent_id),
    CONSTRAINT port_out_consent_port_out FOREIGN KEY (port_out_id) REFERENCES port_out,
    CONSTRAINT port_out_consent_answer CHECK (
        answer IN ('YES', 'NO') AND num_nulls(answer, answered_at, remote_address, user_agent) IN (0, 4))
);
CREATE INDEX port_out_consent_of_case ON port_out_consent (port_out_id);
