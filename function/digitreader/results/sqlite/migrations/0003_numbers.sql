-- Digits of a number: the number's id, and the digit's place in it from 0. Null for drawings read alone.
ALTER TABLE results ADD COLUMN number_id BLOB;

ALTER TABLE results ADD COLUMN position INTEGER;
