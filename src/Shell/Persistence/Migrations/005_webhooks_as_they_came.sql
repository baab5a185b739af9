-- json keeps the text as it arrived; jsonb rewrites it, and refuses escapes that are valid JSON.
alter table webhook alter column body type json using body::text::json;
