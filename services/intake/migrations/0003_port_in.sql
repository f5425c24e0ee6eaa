-- Port-in orders, their numbers, documents, commands to the carrier, its answers, and the history.
CREATE TABLE port_order (
    order_id              uuid        NOT NULL,
    request_number        bigint      NOT NULL,
    account_id            uuid        NOT NULL,
    version               bigint      NOT NULL,
    ver                   smallint    NOT NULL,
    -- The oldest version whose answers count.
    ver_in_force          smallint    NOT NULL,
    state                 text        NOT NULL,
    -- Where a refused cancel goes back to; its data is in the columns of that state.
    cancel_from           text,
    awaits_us             boolean     NOT NULL DEFAULT false,
    update_required       boolean     NOT NULL DEFAULT false,
    foc_at                timestamptz,
    foc_received_at       timestamptz,
    is_incoming           boolean     NOT NULL DEFAULT false,
    since                 timestamptz NOT NULL,
    -- When something happens next though nobody does anything.
    due_at                timestamptz,
    -- In the database's time: what fell due and failed is not tried before.
    retry_at              timestamptz,
    created_at            timestamptz NOT NULL,
    submitted_at          timestamptz,
    number_count          integer     NOT NULL,
    losing_carrier        text,
    -- Sealed, and beside it what its owner may see of it.
    account_number_sealed bytea,
    account_number_masked text,
    btn                   text,
    subscriber_kind       text,
    first_name            text,
    last_name             text,
    company_name          text,
    authorized_by         text,
    street                text,
    unit                  text,
    city                  text,
    state_code            text,
    postal_code           text,
    tax_id_sealed         bytea,
    tax_id_masked         text,
    wanted_date           date,
    is_partial            boolean     NOT NULL DEFAULT false,
    new_btn               text,
    customer_reference    text,
    CONSTRAINT port_order_pkey PRIMARY KEY (order_id),
    CONSTRAINT port_order_request_number UNIQUE (request_number),
    CONSTRAINT port_order_ver CHECK (ver BETWEEN 1 AND 99 AND ver_in_force BETWEEN 1 AND ver),
    CONSTRAINT port_order_state CHECK (state IN ('DRAFT', 'SUBMITTED', 'PENDING', 'ACTION_REQUIRED', 'FOC_CONFIRMED',
        'ACTIVATING', 'PORTED', 'CANCEL_REQUESTED', 'CANCELLED', 'REJECTED', 'ABANDONED')),
    CONSTRAINT port_order_cancel_from CHECK ((state = 'CANCEL_REQUESTED') = (cancel_from IS NOT NULL)
        AND cancel_from IN ('SUBMITTED', 'PENDING', 'ACTION_REQUIRED', 'FOC_CONFIRMED')),
    CONSTRAINT port_order_foc CHECK ((coalesce(cancel_from, state) = 'FOC_CONFIRMED') = (foc_received_at IS NOT NULL)
        AND (coalesce(cancel_from, state) IN ('FOC_CONFIRMED', 'ACTIVATING')) = (foc_at IS NOT NULL)),
    CONSTRAINT port_order_due CHECK (due_at IS NULL OR state IN ('ACTION_REQUIRED', 'FOC_CONFIRMED', 'ACTIVATING')),
    CONSTRAINT port_order_number_count CHECK (number_count BETWEEN 0 AND 20000),
    CONSTRAINT port_order_subscriber_kind CHECK (subscriber_kind IN ('RESIDENTIAL', 'BUSINESS')),
    CONSTRAINT port_order_account_number CHECK ((account_number_sealed IS NULL) = (account_number_masked IS NULL)),
    CONSTRAINT port_order_tax_id CHECK ((tax_id_sealed IS NULL) = (tax_id_masked IS NULL)),
    CONSTRAINT port_order_reference CHECK (char_length(customer_reference) <= 64)
);
-- Lists, newest first: all of an account, those in some states, those with a reference.
CREATE INDEX port_order_list ON port_order (account_id, created_at DESC, order_id DESC);
CREATE INDEX port_order_list_state ON port_order (account_id, state, created_at DESC, order_id DESC);
CREATE INDEX port_order_list_reference ON port_order (account_id, customer_reference, created_at DESC, order_id DESC)
    WHERE customer_reference IS NOT NULL;
CREATE INDEX port_order_due ON port_order (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE port_number (
    order_id    uuid    NOT NULL,
    tn          text    NOT NULL,
    position    integer NOT NULL,
    state       text    NOT NULL,
    pin_sealed  bytea,
    pin_masked  text,
    agent_name  text,
    agent_email text,
    country     text,
    area        text,
    CONSTRAINT port_number_pkey PRIMARY KEY (order_id, tn),
    CONSTRAINT port_number_order FOREIGN KEY (order_id) REFERENCES port_order,
    CONSTRAINT port_number_tn CHECK (tn ~ '^\+1[2-9][0-8][0-9][2-9][0-9]{6}$'),
    CONSTRAINT port_number_state CHECK (state IN ('DRAFT', 'IN_ORDER', 'FOC_CONFIRMED', 'ACTIVATING', 'PORTED',
        'FAILED', 'RELEASED')),
    CONSTRAINT port_number_pin CHECK ((pin_sealed IS NULL) = (pin_masked IS NULL)),
    CONSTRAINT port_number_country CHECK (country IN ('US', 'CA'))
);
CREATE INDEX port_number_of_tn ON port_number (tn, order_id);

-- The numbers that are in a live order, from its submission to their end. One order at a time has a number.
CREATE TABLE live_tn (
    tn       text NOT NULL,
    order_id uuid NOT NULL,
    CONSTRAINT live_tn_pkey PRIMARY KEY (tn)
);
CREATE INDEX live_tn_order ON live_tn (order_id);

-- Why action is required: the reasons of the carrier's last answer.
CREATE TABLE order_reason (
    order_id uuid    NOT NULL,
    position integer NOT NULL,
    tn       text,
    reason   text    NOT NULL,
    raw_code text    NOT NULL,
    raw_text text    NOT NULL,
    CONSTRAINT order_reason_pkey PRIMARY KEY (order_id, position),
    CONSTRAINT order_reason_order FOREIGN KEY (order_id) REFERENCES port_order
);

CREATE TABLE order_timeline (
    order_id   uuid        NOT NULL,
    seq        bigint      GENERATED ALWAYS AS IDENTITY,
    at         timestamptz NOT NULL,
    actor      text        NOT NULL,
    action     text        NOT NULL,
    from_state text        NOT NULL,
    to_state   text        NOT NULL,
    ver        smallint    NOT NULL,
    note       text        NOT NULL,
    CONSTRAINT order_timeline_pkey PRIMARY KEY (order_id, seq),
    CONSTRAINT order_timeline_order FOREIGN KEY (order_id) REFERENCES port_order
);

-- What the carrier was asked, and how far each has come.
CREATE TABLE carrier_command (
    order_id uuid        NOT NULL,
    kind     text        NOT NULL,
    ver      smallint    NOT NULL,
    state    text        NOT NULL,
    since    timestamptz NOT NULL,
    CONSTRAINT carrier_command_pkey PRIMARY KEY (order_id, kind, ver),
    CONSTRAINT carrier_command_order FOREIGN KEY (order_id) REFERENCES port_order,
    CONSTRAINT carrier_command_kind CHECK (kind IN ('submit', 'supplement', 'cancel', 'activate')),
    CONSTRAINT carrier_command_state CHECK (state IN ('REQUESTED', 'SENT', 'ACKNOWLEDGED', 'REFUSED'))
);

-- Every answer that was heard, once. The order is in the key because partners number their answers themselves.
CREATE TABLE carrier_answer (
    order_id    uuid        NOT NULL,
    answer_id   text        NOT NULL,
    carrier     text        NOT NULL,
    ver         smallint    NOT NULL,
    says        text        NOT NULL,
    answered_at timestamptz NOT NULL,
    heard_at    timestamptz NOT NULL,
    CONSTRAINT carrier_answer_pkey PRIMARY KEY (order_id, answer_id),
    CONSTRAINT carrier_answer_order FOREIGN KEY (order_id) REFERENCES port_order
);

-- Documents of orders. The content is in the document folder, under its hash.
CREATE TABLE document (
    document_id uuid        NOT NULL,
    order_id    uuid        NOT NULL,
    kind        text        NOT NULL,
    file_name   text        NOT NULL,
    size_bytes  bigint      NOT NULL,
    sha256      bytea       NOT NULL,
    dated       date,
    tns         text[]      NOT NULL,
    is_readable boolean     NOT NULL,
    uploaded_at timestamptz NOT NULL,
    CONSTRAINT document_pkey PRIMARY KEY (document_id),
    CONSTRAINT document_order FOREIGN KEY (order_id) REFERENCES port_order,
    CONSTRAINT document_kind CHECK (kind IN ('LOA', 'BILL', 'CSR', 'OTHER')),
    CONSTRAINT document_size CHECK (size_bytes BETWEEN 1 AND 10485760),
    CONSTRAINT document_sha256 CHECK (octet_length(sha256) = 32)
);
CREATE INDEX document_of_order ON document (order_id, uploaded_at DESC, document_id DESC);
