-- What protects a number is looked for by the number alone when it leaves, whatever account it was of.
CREATE INDEX port_out_pin_of_number ON port_out_pin (tn);
CREATE INDEX transfer_pin_of_number ON transfer_pin (tn);
CREATE INDEX line_separation_of_number ON line_separation (tn);
