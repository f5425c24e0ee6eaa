-- When we took a request in: an account's window counts from then. Unknown of those that came before this column.
ALTER TABLE carrier_request ADD COLUMN taken_in_at timestamptz;
