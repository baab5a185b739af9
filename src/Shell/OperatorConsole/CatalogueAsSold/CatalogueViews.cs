using Marketplace.Shell.Dashboard;
using Marketplace.Shell.OperatorConsole.Tables;

namespace Marketplace.Shell.OperatorConsole.CatalogueAsSold;

/// <param name="File">How the file stands to what is in force.</param>
/// <param name="Problems">For which it would not take force.</param>
/// <param name="Changes">What it says otherwise than what was offered.</param>
/// <param name="Families">Every plan that was ever offered, by product.</param>
public sealed record CatalogueView(
    NoticeView File, IReadOnlyList<ProblemRow> Problems, IReadOnlyList<ChangeRow> Changes, IReadOnlyList<string> Notes, IReadOnlyList<FamilyView> Families);

/// <param name="Path">Within the file.</param>
public sealed record ProblemRow(string Place, string Path, string Text);

/// <param name="What">The term of the plan.</param>
/// <param name="Holders">How many have it.</param>
public sealed record ChangeRow(string Plan, string What, string Was, string Is, string Holders);

public sealed record FamilyView(string Name, string About, IReadOnlyList<PlanRow> Plans);

/// <param name="Remark">Null where it never had to be corrected.</param>
public sealed record PlanRow(
    string Address, string Name, string Id, string Version, Mark State, IReadOnlyList<string> Price, string Type, string Holders, string? Remark, MomentView OfferedAt);

/// <param name="Terms">Everything that whoever has it was promised.</param>
public sealed record PlanPageView(
    string Id, string Name, Mark State, string Holders, MomentView OfferedAt, IReadOnlyList<Fact> Terms, IReadOnlyList<CorrectionRow> Corrections,
    TableView Table, IReadOnlyList<HolderRow> Rows);

public sealed record CorrectionRow(MomentView At, string Reason);

/// <param name="Next">What it changes to, and when.</param>
public sealed record HolderRow(string Address, string Id, string Installation, string Name, string Status, string? Next);
