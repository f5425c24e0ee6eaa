-- What billing needs to know of an account, copied from intake's AccountChanged.
CREATE TABLE account (
    account_id uuid NOT NULL,
    name       text NOT NULL,
    time_zone  text NOT NULL,
    currency   text NOT NULL,
    CONSTRAINT account_pkey PRIMARY KEY (account_id),
    CONSTRAINT account_currency CHECK (currency IN ('USD', 'CAD'))
);

-- What one number costs from a day on. Prices are added, never changed: of two for the same day the later row holds.
CREATE TABLE price (
    price_id       bigint      GENERATED ALWAYS AS IDENTITY,
    kind           text        NOT NULL,
    currency       text        NOT NULL,
    minor_units    bigint      NOT NULL,
    effective_from date        NOT NULL,
    set_by         text        NOT NULL,
    set_at         timestamptz NOT NULL,
    CONSTRAINT price_pkey PRIMARY KEY (price_id),
    CONSTRAINT price_kind CHECK (kind IN ('PORT_IN', 'PORT_OUT')),
    CONSTRAINT price_currency CHECK (currency IN ('USD', 'CAD')),
    CONSTRAINT price_minor_units CHECK (minor_units BETWEEN 0 AND 10000000)
);
CREATE INDEX price_of_kind ON price (kind, currency, price_id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER price_is_only_added_to BEFORE UPDATE OR DELETE ON price
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Where every installation starts; an operator sets its own with PutPrice.
INSERT INTO price (kind, currency, minor_units, effective_from, set_by, set_at) VALUES
    ('PORT_IN',  'USD', 500, '2020-01-01', 'migration', '2020-01-01T00:00:00Z'),
    ('PORT_IN',  'CAD', 700, '2020-01-01', 'migration', '2020-01-01T00:00:00Z'),
    ('PORT_OUT', 'USD', 250, '2020-01-01', 'migration', '2020-01-01T00:00:00Z'),
    ('PORT_OUT', 'CAD', 350, '2020-01-01', 'migration', '2020-01-01T00:00:00Z');
