-- Orders that are divided, numbers that differ from their order, how numbers are used, and imports.
ALTER TABLE port_order
    ADD COLUMN parent_order_id             uuid,
    ADD COLUMN parent_request_number bigint,
    -- It has children: its state and number count sum theirs up, and its open numbers are in them.
    ADD COLUMN is_parent             boolean NOT NULL DEFAULT false,
    ADD COLUMN remaining_numbers     text,
    ADD COLUMN losing_carrier_name   text,
    ADD COLUMN resp_org              text,
    ADD CONSTRAINT port_order_parent FOREIGN KEY (parent_order_id) REFERENCES port_order,
    ADD CONSTRAINT port_order_parent_named CHECK ((parent_order_id IS NULL) = (parent_request_number IS NULL)),
    -- One level, so that a parent is locked after its children and nothing waits for itself.
    ADD CONSTRAINT port_order_one_level CHECK (NOT is_parent OR parent_order_id IS NULL),
    ADD CONSTRAINT port_order_remaining_numbers CHECK (remaining_numbers IN ('KEEP', 'DISCONNECT')),
    ADD CONSTRAINT port_order_resp_org CHECK (resp_org ~ '^[A-Z0-9]{5}$'),
    -- What belongs to a state is with the children.
    DROP CONSTRAINT port_order_cancel_from,
    ADD CONSTRAINT port_order_cancel_from CHECK (
        (state = 'CANCEL_REQUESTED' AND NOT is_parent) = (cancel_from IS NOT NULL)
        AND cancel_from IN ('SUBMITTED', 'PENDING', 'ACTION_REQUIRED', 'FOC_CONFIRMED')),
    DROP CONSTRAINT port_order_foc,
    ADD CONSTRAINT port_order_foc CHECK (
        (coalesce(cancel_from, state) = 'FOC_CONFIRMED' AND NOT is_parent) = (foc_received_at IS NOT NULL)
        AND (coalesce(cancel_from, state) IN ('FOC_CONFIRMED', 'ACTIVATING') AND NOT is_parent) = (foc_at IS NOT NULL));
CREATE INDEX port_order_children ON port_order (parent_order_id, order_id) WHERE parent_order_id IS NOT NULL;

ALTER TABLE port_number
    -- How it is used once it is here.
    ADD COLUMN capabilities          text NOT NULL DEFAULT 'VOICE',
    ADD COLUMN alias                 text,
    ADD COLUMN subaccount            text,
    ADD COLUMN caller_name           text,
    ADD COLUMN application           text,
    ADD COLUMN emergency_address     text,
    -- What differs for it from the order's details.
    ADD COLUMN own_losing_carrier    text,
    ADD COLUMN own_account_sealed    bytea,
    ADD COLUMN own_account_masked    text,
    ADD COLUMN own_btn               text,
    ADD COLUMN own_authorized_by     text,
    ADD COLUMN own_resp_org          text,
    ADD COLUMN own_part              text,
    ADD CONSTRAINT port_number_capabilities CHECK (capabilities IN ('VOICE', 'VOICE_AND_SMS')),
    ADD CONSTRAINT port_number_caller_name CHECK (char_length(caller_name) <= 15),
    ADD CONSTRAINT port_number_own_account CHECK ((own_account_sealed IS NULL) = (own_account_masked IS NULL)),
    ADD CONSTRAINT port_number_own_resp_org CHECK (own_resp_org ~ '^[A-Z0-9]{5}$');

-- How an account uses a number, and when it first stood here.
ALTER TABLE inventory_number
    ADD COLUMN capabilities      text NOT NULL DEFAULT 'VOICE',
    ADD COLUMN alias             text,
    ADD COLUMN subaccount        text,
    ADD COLUMN caller_name       text,
    ADD COLUMN application       text,
    ADD COLUMN emergency_address text,
    ADD COLUMN arrived_at        timestamptz,
    ALTER COLUMN agent_name DROP DEFAULT,
    ALTER COLUMN agent_name DROP NOT NULL,
    ALTER COLUMN agent_email DROP DEFAULT,
    ALTER COLUMN agent_email DROP NOT NULL,
    ADD CONSTRAINT inventory_number_capabilities CHECK (capabilities IN ('VOICE', 'VOICE_AND_SMS')),
    ADD CONSTRAINT inventory_number_caller_name CHECK (char_length(caller_name) <= 15);
UPDATE inventory_number
   SET arrived_at = since, agent_name = nullif(agent_name, ''), agent_email = nullif(agent_email, '');
CREATE INDEX inventory_number_subaccount ON inventory_number (account_id, subaccount, tn) WHERE subaccount IS NOT NULL;
CREATE INDEX inventory_number_application ON inventory_number (account_id, application, tn)
    WHERE application IS NOT NULL;

-- An upload of numbers. What arrived of it is kept line by line, so that a broken one goes on where it was.
CREATE TABLE number_import (
    import_id       uuid        NOT NULL,
    account_id      uuid        NOT NULL,
    order_id        uuid        NOT NULL,
    state           text        NOT NULL,
    take_good_lines boolean     NOT NULL,
    -- Every line before it is kept.
    next_line       integer     NOT NULL,
    lines           integer     NOT NULL DEFAULT 0,
    added           integer     NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL,
    finished_at     timestamptz,
    CONSTRAINT number_import_pkey PRIMARY KEY (import_id),
    CONSTRAINT number_import_order FOREIGN KEY (order_id) REFERENCES port_order,
    CONSTRAINT number_import_state CHECK (state IN ('RECEIVING', 'ADDED', 'REFUSED')),
    CONSTRAINT number_import_finished CHECK ((state = 'RECEIVING') = (finished_at IS NULL)),
    CONSTRAINT number_import_next_line CHECK (next_line >= 1),
    CONSTRAINT number_import_lines CHECK (lines BETWEEN 0 AND 20000 AND added BETWEEN 0 AND lines)
);
CREATE INDEX number_import_of_order ON number_import (order_id);

CREATE TABLE number_import_line (
    import_id uuid    NOT NULL,
    line      integer NOT NULL,
    tn        text,
    outcome   text    NOT NULL,
    -- All that is wrong with the line: column, code and message of each.
    faults    jsonb,
    -- What the line says of a good number, sealed as a whole: there are secrets in it. Gone when the import is finished.
    sealed    bytea,
    CONSTRAINT number_import_line_pkey PRIMARY KEY (import_id, line),
    CONSTRAINT number_import_line_import FOREIGN KEY (import_id) REFERENCES number_import,
    CONSTRAINT number_import_line_outcome CHECK (outcome IN ('GOOD', 'DUPLICATE', 'FAULTY', 'HELD_BACK')),
    CONSTRAINT number_import_line_faults CHECK ((outcome IN ('DUPLICATE', 'FAULTY')) = (faults IS NOT NULL))
);
-- One good line a number; the list by outcome.
CREATE UNIQUE INDEX number_import_line_tn ON number_import_line (import_id, tn) WHERE outcome = 'GOOD';
CREATE INDEX number_import_line_outcome ON number_import_line (import_id, outcome, line);
