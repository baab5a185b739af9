-- Every plan that a server has ever offered, as it stands in the catalogue, with what it measures. The provider's, and no tenant's: whoever
-- has a plan names it by its id, in which the version is, and here stands for ever what that id means.
create table offered_plan (
    -- Empty for a plan of whole installations.
    product_id  text        not null,
    plan_id     text        not null,
    plan        json        not null,
    metrics     json        not null,
    offered_at  timestamptz not null default clock_timestamp(),
    -- What an operator has corrected under those who had it: when, why, and what it was before.
    corrections jsonb       not null default '[]',
    primary key (product_id, plan_id)
);
