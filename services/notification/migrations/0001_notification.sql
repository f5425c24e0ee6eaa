-- What is kept of an account: a copy made from intake's events.
CREATE TABLE account (
    account_id  uuid NOT NULL,
    name        text NOT NULL,
    owner_email text NOT NULL,
    time_zone   text NOT NULL,
    CONSTRAINT account_pkey PRIMARY KEY (account_id)
);

-- Where programs are told. No steps: all of them.
CREATE TABLE webhook_endpoint (
    account_id  uuid        NOT NULL,
    endpoint_id uuid        NOT NULL,
    url         text        NOT NULL,
    steps       text[]      NOT NULL,
    -- Sealed; signs what is sent.
    secret      bytea       NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT webhook_endpoint_pkey PRIMARY KEY (account_id, endpoint_id),
    CONSTRAINT webhook_endpoint_url_once UNIQUE (account_id, url),
    CONSTRAINT webhook_endpoint_account_fkey FOREIGN KEY (account_id) REFERENCES account (account_id)
);

-- Addresses that are written to besides the owner's. No steps: all of them.
CREATE TABLE contact (
    account_id uuid   NOT NULL,
    contact_id uuid   NOT NULL,
    email      text   NOT NULL,
    steps      text[] NOT NULL,
    CONSTRAINT contact_pkey PRIMARY KEY (account_id, contact_id),
    CONSTRAINT contact_email_once UNIQUE (account_id, email),
    CONSTRAINT contact_account_fkey FOREIGN KEY (account_id) REFERENCES account (account_id)
);

-- One message to one receiver, rendered when it was queued, so that every try sends the same.
-- `queued_at` and `delivered_at` are business time; everything else is the database's own, real time.
CREATE TABLE delivery (
    account_id       uuid        NOT NULL,
    delivery_id      uuid        NOT NULL,
    -- Events of one subject are acted on in order, so this is the order of its steps.
    seq              bigint      GENERATED ALWAYS AS IDENTITY,
    event_id         uuid        NOT NULL,
    step             text        NOT NULL,
    subject_id       uuid        NOT NULL,
    channel          text        NOT NULL,
    -- Email address or URL.
    receiver         text        NOT NULL,
    -- Which endpoint's secret signs. It may be gone by now.
    endpoint_id      uuid,
    -- The subject line of a mail.
    subject_line     text,
    body             text        NOT NULL,
    state            text        NOT NULL DEFAULT 'QUEUED',
    attempts         integer     NOT NULL DEFAULT 0,
    last_error       text        NOT NULL DEFAULT '',
    queued_at        timestamptz NOT NULL,
    delivered_at     timestamptz,
    traceparent      text,
    -- Tries and age count from here: from the start, or from when somebody asked for another round.
    tries            integer     NOT NULL DEFAULT 0,
    round_started_at timestamptz NOT NULL DEFAULT now(),
    retry_at         timestamptz NOT NULL DEFAULT now(),
    lease_token      uuid,
    lease_until      timestamptz,
    CONSTRAINT delivery_pkey PRIMARY KEY (account_id, delivery_id),
    -- An event that comes again adds nothing.
    CONSTRAINT delivery_once UNIQUE (account_id, event_id, channel, receiver),
    CONSTRAINT delivery_state CHECK (state IN ('QUEUED', 'DELIVERED', 'FAILED')),
    CONSTRAINT delivery_channel CHECK (channel IN ('EMAIL', 'WEBHOOK')),
    CONSTRAINT delivery_email_has_subject CHECK ((channel = 'EMAIL') = (subject_line IS NOT NULL)),
    CONSTRAINT delivery_webhook_has_endpoint CHECK ((channel = 'WEBHOOK') = (endpoint_id IS NOT NULL)),
    CONSTRAINT delivery_delivered_when CHECK ((state = 'DELIVERED') = (delivered_at IS NOT NULL)),
    CONSTRAINT delivery_lease_whole CHECK ((lease_token IS NULL) = (lease_until IS NULL)),
    CONSTRAINT delivery_lease_while_queued CHECK (state = 'QUEUED' OR lease_token IS NULL),
    CONSTRAINT delivery_tries CHECK (0 <= tries AND tries <= attempts)
);
-- What may be sent next.
CREATE INDEX delivery_due ON delivery (channel, retry_at) WHERE state = 'QUEUED';
-- Whether an earlier step of the same subject to the same receiver is still under way.
CREATE INDEX delivery_turn ON delivery (account_id, subject_id, channel, receiver, seq) WHERE state = 'QUEUED';
-- What an account lists.
CREATE INDEX delivery_of_account ON delivery (account_id, seq);
CREATE INDEX delivery_of_subject ON delivery (account_id, subject_id, seq);
