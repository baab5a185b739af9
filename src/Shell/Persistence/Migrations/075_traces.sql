-- In which trace something was asked for, as W3C Trace Context writes it: whoever does it later links to it. Null where nobody traced.
alter table outbox_message add column traceparent text;
alter table operation add column traceparent text;
