-- When an order's secrets were erased: some time after its end. Until then it waits for it here.
ALTER TABLE port_order ADD COLUMN secrets_erased_at timestamptz,
    ADD CONSTRAINT port_order_secrets_erased CHECK (
        secrets_erased_at IS NULL OR num_nonnulls(account_number_sealed, tax_id_sealed) = 0);
CREATE INDEX port_order_keeps_secrets ON port_order (ended_at)
    WHERE ended_at IS NOT NULL AND secrets_erased_at IS NULL;
