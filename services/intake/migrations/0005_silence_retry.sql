-- Until then (database time) a request that silence could not decide is passed over, so that the others are not held up.
ALTER TABLE carrier_request ADD COLUMN retry_at timestamptz;
