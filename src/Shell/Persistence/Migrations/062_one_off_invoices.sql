-- What the provider charges beside its plans, on an invoice of its own: it closes no period.
alter table invoice add column one_off boolean not null default false, add check (not (one_off and (take_up or final)));

alter table invoice_line drop constraint invoice_line_kind_check,
    add constraint invoice_line_kind_check check (kind in ('base', 'metered', 'minimum', 'one-time', 'correction', 'one-off'));
