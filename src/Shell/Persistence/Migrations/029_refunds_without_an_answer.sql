-- An installation may end before Vercel has answered to a refund: then only Vercel knows what came of it.
alter table invoice_refund drop constraint invoice_refund_state_check;
alter table invoice_refund add constraint invoice_refund_state_check
    check (state in ('requested', 'sent', 'accepted', 'refunded', 'failed', 'unknown'));
