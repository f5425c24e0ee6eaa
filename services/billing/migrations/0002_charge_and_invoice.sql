-- The bills. Every key but the serial's begins with the account, so that the tables can be spread by account.
CREATE TABLE invoice (
    invoice_id   uuid        NOT NULL,
    account_id   uuid        NOT NULL,
    month        date        NOT NULL,
    serial       integer     NOT NULL,
    currency     text        NOT NULL,
    minor_units  bigint      NOT NULL,
    charge_count integer     NOT NULL,
    closed_at    timestamptz NOT NULL,
    CONSTRAINT invoice_pkey PRIMARY KEY (account_id, invoice_id),
    CONSTRAINT invoice_number UNIQUE (account_id, month, serial),
    CONSTRAINT invoice_month CHECK (extract(day FROM month) = 1),
    CONSTRAINT invoice_serial CHECK (serial > 0),
    CONSTRAINT invoice_currency CHECK (currency IN ('USD', 'CAD')),
    CONSTRAINT invoice_minor_units CHECK (minor_units >= 0),
    CONSTRAINT invoice_charge_count CHECK (charge_count BETWEEN 1 AND 20000)
);

-- The last serial of each month. Drawn under the row's lock in the transaction that makes the invoice, so that a
-- month's numbers are unique over all accounts and have no gaps, which a sequence would not promise.
CREATE TABLE invoice_serial (
    month date    NOT NULL,
    last  integer NOT NULL,
    CONSTRAINT invoice_serial_pkey PRIMARY KEY (month),
    CONSTRAINT invoice_serial_last CHECK (last > 0)
);

-- One number, one completed port. A subject belongs to one account, so the unique key lets one charge stand however
-- often its event arrives.
CREATE TABLE charge (
    charge_id      uuid        NOT NULL,
    account_id     uuid        NOT NULL,
    kind           text        NOT NULL,
    subject_id     uuid        NOT NULL,
    request_number text        NOT NULL,
    tn             text        NOT NULL,
    event_id       uuid        NOT NULL,
    currency       text        NOT NULL,
    minor_units    bigint      NOT NULL,
    occurred_at    timestamptz NOT NULL,
    month          date        NOT NULL,
    invoice_id     uuid,
    CONSTRAINT charge_pkey PRIMARY KEY (account_id, charge_id),
    CONSTRAINT charge_once UNIQUE (account_id, kind, subject_id, tn),
    CONSTRAINT charge_invoice FOREIGN KEY (account_id, invoice_id) REFERENCES invoice (account_id, invoice_id),
    CONSTRAINT charge_kind CHECK (kind IN ('PORT_IN', 'PORT_OUT')),
    CONSTRAINT charge_tn CHECK (tn ~ '^\+1[2-9][0-8][0-9][2-9][0-9]{6}$'),
    CONSTRAINT charge_currency CHECK (currency IN ('USD', 'CAD')),
    CONSTRAINT charge_minor_units CHECK (minor_units BETWEEN 0 AND 10000000),
    CONSTRAINT charge_month CHECK (extract(day FROM month) = 1)
);
CREATE INDEX charge_newest ON charge (account_id, occurred_at DESC, charge_id DESC);
CREATE INDEX charge_of_subject ON charge (account_id, subject_id, occurred_at DESC, charge_id DESC);
CREATE INDEX charge_open ON charge (account_id, month, currency, occurred_at, charge_id) WHERE invoice_id IS NULL;
CREATE INDEX charge_of_invoice ON charge (account_id, invoice_id, occurred_at, charge_id)
    WHERE invoice_id IS NOT NULL;

-- There is a row exactly while the account has charges of the month that are on no invoice. Whoever adds a charge or
-- closes the month holds its lock, so that no charge falls between two closings and no two closings take the same one.
CREATE TABLE open_month (
    account_id uuid        NOT NULL,
    month      date        NOT NULL,
    closes_at  timestamptz NOT NULL,
    CONSTRAINT open_month_pkey PRIMARY KEY (account_id, month),
    CONSTRAINT open_month_month CHECK (extract(day FROM month) = 1)
);
CREATE INDEX open_month_due ON open_month (closes_at);
CREATE INDEX open_month_of_month ON open_month (month, account_id);
