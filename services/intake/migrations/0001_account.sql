-- Accounts, and the sequences of the request numbers that people read out on the phone.
CREATE TABLE account (
    account_id  uuid        NOT NULL,
    name        text        NOT NULL,
    owner       text        NOT NULL,
    owner_email text        NOT NULL,
    time_zone   text        NOT NULL,
    currency    text        NOT NULL,
    country     text        NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT account_pkey PRIMARY KEY (account_id),
    CONSTRAINT account_currency CHECK (currency IN ('USD', 'CAD')),
    CONSTRAINT account_country CHECK (country IN ('US', 'CA'))
);
CREATE SEQUENCE port_in_request_number START 100001;
CREATE SEQUENCE port_out_request_number START 600001;
