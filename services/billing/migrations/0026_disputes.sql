-- A number whose port was disputed can be charged for, where the account bears the cost.
ALTER TABLE price
    DROP CONSTRAINT price_kind,
    ADD CONSTRAINT price_kind CHECK (kind IN ('PORT_IN', 'PORT_OUT', 'DISPUTE'));
ALTER TABLE charge
    DROP CONSTRAINT charge_kind,
    ADD CONSTRAINT charge_kind CHECK (kind IN ('PORT_IN', 'PORT_OUT', 'DISPUTE'));

INSERT INTO price (kind, currency, minor_units, effective_from, set_by, set_at) VALUES
    ('DISPUTE', 'USD', 5000, '2020-01-01', 'migration', '2020-01-01T00:00:00Z'),
    ('DISPUTE', 'CAD', 7000, '2020-01-01', 'migration', '2020-01-01T00:00:00Z');
