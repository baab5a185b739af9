namespace Marketplace.Simulator.Conformance.Reports;

/// <summary>How the report looks: within the file, so that it can be mailed and kept.</summary>
internal static class ReportStyle
{
    public const string Sheet = """
        :root { --ink: #171717; --soft: #666; --line: #e5e5e5; --back: #fff; --good: #0a7d45; --bad: #c5221f; --warn: #9a5b00; font: 15px/1.5 system-ui, sans-serif; }
        @media (prefers-color-scheme: dark) { :root { --ink: #ededed; --soft: #a0a0a0; --line: #333; --back: #0a0a0a; --good: #4cc38a; --bad: #ff8583; --warn: #f1a10d; } }
        body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.25rem 6rem; color: var(--ink); background: var(--back); }
        h1 { margin: 0; font-size: 1.6rem; overflow-wrap: anywhere; }
        h2 { margin: 2.5rem 0 .75rem; font-size: 1.1rem; text-transform: capitalize; }
        .eyebrow, .note, .count, .level, dt { color: var(--soft); }
        .eyebrow { margin: 0 0 .25rem; }
        .count { float: right; font-weight: 400; text-transform: none; }
        .verdict { font-size: 1.15rem; font-weight: 600; }
        .facts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 0; }
        .facts div { display: flex; gap: .5rem; }
        dd { margin: 0; overflow-wrap: anywhere; }
        .good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); } .quiet { color: var(--soft); }
        table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
        code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
        .case { border-bottom: 1px solid var(--line); }
        summary { display: flex; gap: .75rem; padding: .45rem 0; cursor: pointer; }
        summary:focus-visible { outline: 2px solid var(--good); outline-offset: 2px; }
        .mark { flex: 0 0 6.5rem; font-weight: 600; } .rule { flex: 1; } .level { flex: none; }
        .case dl { margin: .25rem 0 .75rem 7.25rem; } .case dl div { display: grid; grid-template-columns: 6.5rem 1fr; }
        .log { margin: 0 0 1rem 7.25rem; width: calc(100% - 7.25rem); font-size: .9rem; }
        @media (max-width: 40rem) { .case dl, .log { margin-left: 0; width: 100%; } .level { display: none; } }
        """;
}
