using System.Reflection;
using System.Text.RegularExpressions;

namespace Marketplace.Integration.Partitioning;

/// <summary>
/// The same schema runs on a distributed PostgreSQL: <c>installation_id</c> leads every key, and each statement on tenant data touches
/// one partition. DESIGN §5.
/// </summary>
public sealed class PartitioningTests(PartitionedSchema schema) : IClassFixture<PartitionedSchema>
{
    /// <summary>The batch claims of jobs, and the operator's lists: they span installations on purpose. Nothing else may.</summary>
    private static readonly string[] Spanning =
    [
        // Batch claims.
        "BillingScheduleRows.ClaimSql", "OperationRows.ClaimSql", "OutboxRows.ClaimSql", "WebhookRows.ClaimSql", "SecretRows.ExpireDueSql",
        "ResourceRows.NextPlansDueSql", "AccountRows.ClaimSql", "DeploymentActionRows.ClaimSql", "CheckRunRows.ClaimSql",
        "ProjectCheckRows.ClaimSql", "CredentialRows.ClaimSql", "ProviderEventRows.ClaimSql",
        // What nobody asks for any more, in batches.
        "IdempotencyRows.ForgetSql", "OutboxRows.ForgetSql", "ProviderEventRows.ForgetSql", "WebhookRows.ForgetSql", "DeploymentActionRows.ForgetSql", "CheckRunRows.ForgetSql",
        "EventMonthRows.ForgetKeysSql", "EventMonthRows.DropMonthsSql",
        "SessionRows.SweepSql", "SignOnRows.SweepSql",
        // Words by which operators find things, in batches.
        "SearchWordRows.KeepSql",
        // Hours of readings, summed up in batches.
        "MeterHourRows.ClaimSql", "MeterHourRows.SumUpSql",
        // Events that do not say whose their resource is.
        "UsageEventRows.HomesAnywhereSql", "UsageEventRows.KnownSql",
        // Imports that nobody goes on with.
        "ImportSessionRows.SweepSql",
        // What customers have connected, for the provider.
        "ConnectionRows.ListSql",
        // The virtual clock of a development server waits for everybody.
        "BacklogRows.AnythingDueSql",
        // Operators' lists of messages and webhooks.
        "WebhookListRows.AnywhereSql", "WebhookListRows.AnywhereOldestSql", "WebhookListRows.DepthSql", "WebhookListRows.GivenUpAnywhereSql",
        "OutboxListRows.AnywhereSql", "OutboxListRows.AnywhereOldestSql", "OutboxListRows.DepthSql", "OutboxListRows.GivenUpAnywhereSql",
        // The doctor's counts.
        "DoctorRows.DeadMessagesSql", "DoctorRows.DeadEventsSql", "DoctorRows.DeadWebhooksSql", "DoctorRows.LastWebhookSql",
        // What waits, counted by one worker for all.
        "StoreReadingRows.BillingSql", "StoreReadingRows.OutboxSql", "StoreReadingRows.DeadMessagesSql", "StoreReadingRows.EventsSql",
        "StoreReadingRows.WebhooksSql", "StoreReadingRows.OperationsSql", "StoreReadingRows.InvoicesSql",
        // Whose plan a changed catalogue would change.
        "OfferedPlanRows.HoldersSql", "OfferedPlanRows.WholeHoldersSql",
        // Operators' lists of what customers have.
        "InstallationListRows.PageSql", "ResourceListRows.AnywhereSql",
        "InstallationTableRows.HoldersSql", "InstallationTableRows.NewestSql", "InstallationTableRows.OldestSql", "InstallationTableRows.ByAccountSql", "InstallationTableRows.ByAccountBackwardsSql",
        "ResourceTableRows.NewestSql", "ResourceTableRows.OldestSql", "ResourceTableRows.ByNameSql", "ResourceTableRows.ByNameBackwardsSql",
        "ProviderEventListRows.AnywhereSql", "ProviderEventListRows.LookSql", "ProviderEventListRows.LookOldestSql",
        "ProviderEventListRows.DepthSql", "ProviderEventListRows.GivenUpAnywhereSql", "ProviderEventListRows.OneAnywhereSql",
        // Operators' lists of what is billed, and the slot ledger by the hour.
        "LedgerHourRows.CountAnewSql", "LedgerHourRows.RangeSql", "LedgerHourRows.LivesSql", "LedgerHourRows.DueSql", "LedgerHourRows.ToldSql",
        "ToldDayRows.CountSql", "ToldDayRows.ForgetSql",
        "SlotListRows.NewestSql", "SlotListRows.OldestSql", "SlotListRows.ConfirmedInSql", "SlotListRows.DueInSql",
        "WaitingBillingRows.LongestSql",
        "InvoiceListRows.NewestSql", "InvoiceListRows.OldestSql", "InvoiceListRows.LargestSql", "InvoiceListRows.SmallestSql",
        "BalanceMoveRows.NewestSql", "BalanceMoveRows.OldestSql",
        "InvoiceListRows.NamedSql", "InvoiceListRows.SumsSql", "InvoiceListRows.LinesSql",
        // Whether everything that is encrypted can be read.
        "SealedRows.AllSql",
        // The operators' overview.
        "OverviewRows.InstallationsSql", "OverviewRows.ResourcesSql", "OverviewRows.InstallsSql", "OverviewRows.UninstallsSql",
        "OverviewRows.DeadMessagesSql", "OverviewRows.DeadEventsSql", "OverviewRows.DeadWebhooksSql", "OverviewRows.DeadSlotsSql", "OverviewRows.RefusedSlotsSql",
        "OverviewRows.WaitingBillingSql", "OverviewRows.RefusedInvoicesSql", "OverviewRows.UnpaidInvoicesSql", "OverviewRows.FaultsSql", "OverviewRows.ErrorsSql",
        "OverviewRows.OperationsSql", "OverviewRows.TokenlessSql", "OverviewRows.DifferingSql",
        // The drift report.
        "DriftRows.InstallationsSql", "DriftRows.NeededSql", "ApiKeyRows.ResourcesSql",
        "DriftResultRows.AllSql", "DriftResultRows.AllOldestSql", "DriftResultRows.DifferingSql", "DriftResultRows.DifferingOldestSql",
        // Who has a plan.
        "OfferedPlanRows.StandingSql", "PlanHolderRows.ResourcesSql", "PlanHolderRows.ResourcesBackwardsSql",
        "PlanHolderRows.InstallationsSql", "PlanHolderRows.InstallationsBackwardsSql",
    ];

    /// <summary>What those look through: no keys, so that each partition can have its own.</summary>
    private static readonly string[] OfClaims =
        ["billing_schedule_due", "billing_schedule_again", "installation_account_due", "measurement_hour_stale", "usage_event_key_age", "resource_home",
         "outbox_message_next", "outbox_message_dead", "webhook_due", "deployment_action_due", "check_run_due", "project_check_due", "webhook_over", "installation_rotation_open", "installation_credentials_age", "installation_listed",
         "operation_asked", "installation_by_stage", "installation_left", "resource_by_status", "resource_listed", "installation_word_words", "resource_word_words",
         "provider_event_newest", "provider_event_dead",
         "webhook_dead_newest", "resource_by_plan", "resource_of_plan", "installation_of_plan", "installation_by_plan", "drift_result_newest", "drift_result_differing",
         "usage_slot_by_hour", "usage_slot_trouble", "usage_slot_amiss", "told_day_by_day", "invoice_by_date", "invoice_by_total", "invoice_by_name", "invoice_by_vercel_name",
         "billing_schedule_waiting", "balance_entry_moved"];

    [Fact]
    public async Task The_installation_leads_every_key_and_index_of_tenant_data_but_those_of_batch_claims()
    {
        var indexes = (await schema.Indexes()).Where(index => !OfClaims.Contains(index.Index)).ToList();

        Assert.Equal(schema.TenantTables, indexes.Select(index => index.Table).Distinct().Where(schema.TenantTables.Contains).Order(StringComparer.Ordinal));
        Assert.All(
            indexes.Where(index => schema.TenantTables.Contains(index.Table)),
            index => Assert.True(index.FirstColumn == "installation_id", $"{index.Table}: {index.Index} begins with {index.FirstColumn}"));
        Assert.Empty(await schema.ForeignKeysAcrossInstallations());
    }

    [Fact]
    public async Task Each_statement_on_tenant_data_touches_one_partition()
    {
        var wrong = new List<string>();
        var statements = Statements().ToList();
        Assert.True(statements.Count > 50, $"{statements.Count} statements");
        foreach (var (name, text) in statements)
        {
            var touched = await schema.Touched(text);
            // An insert is routed by the installation that is inserted; it may read nothing at all. What is the provider's, or
            // lies with the teams, has no partitions.
            var isOne = touched.Select(partition => partition.Partition).Distinct().Count() == 1
                || (touched.Count == 0 && (text.StartsWith("insert into", StringComparison.Ordinal)
                    || !schema.TenantTables.Any(table => Regex.IsMatch(text, $@"\b{table}\b", RegexOptions.None, TimeSpan.FromSeconds(1)))));
            if (isOne == Spanning.Contains(name))
                wrong.Add($"{name}: {string.Join(", ", touched.Order())}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Empty(Spanning.Except(statements.Select(statement => statement.Name)));
    }

    /// <summary>Else the test above would not know of it.</summary>
    [Fact]
    public void Tenant_data_is_read_and_written_by_the_constants_of_Rows_files_alone()
    {
        var tables = string.Join('|', schema.TenantTables);
        var sql = new Regex(
            $@"\b((from|join|into)\s+({tables})|update\s+({tables})(\s+\w+)?\s+set)\b", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));
        var elsewhere = Directory.EnumerateFiles(Repository.File("src/Shell"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith("Rows.cs", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal))
            .Where(file => File.ReadLines(file).Any(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && sql.IsMatch(line)))
            .Select(Path.GetFileName);
        Assert.Empty(elsewhere);

        var inRows = Directory.EnumerateFiles(Repository.File("src/Shell"), "*Rows.cs", SearchOption.AllDirectories)
            .SelectMany(file => Regex.Matches(
                File.ReadAllText(file), "\\b(Command|writes\\.Add|Execute|CreateCommand)\\(\\s*\\$?\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)));
        Assert.Empty(inRows);
    }

    private static IEnumerable<(string Name, string Text)> Statements() =>
        from type in typeof(Shell.Role).Assembly.GetTypes()
        where type.Name.EndsWith("Rows", StringComparison.Ordinal)
        from constant in type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
        where constant.IsLiteral && constant.Name.EndsWith("Sql", StringComparison.Ordinal)
        orderby type.Name, constant.Name
        select ($"{type.Name}.{constant.Name}", (string)constant.GetRawConstantValue()!);
}
