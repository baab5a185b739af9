namespace Marketplace.Core.Repl;

/// <summary>What one command may cost, whoever runs it.</summary>
/// <param name="Duration">After it the command is stopped.</param>
/// <param name="RowsMax">Shown for one command, over all of its results.</param>
/// <param name="CellCharactersMax">Of one value; the rest of it is not shown.</param>
/// <param name="CharactersMax">Of everything that is shown.</param>
/// <param name="TogetherMax">Commands on one resource at a time.</param>
public sealed record ReplLimits(TimeSpan Duration, int RowsMax, int CellCharactersMax, int CharactersMax, int TogetherMax)
{
    public static ReplLimits Default { get; } =
        new(TimeSpan.FromSeconds(10), RowsMax: 1_000, CellCharactersMax: 4_000, CharactersMax: 400_000, TogetherMax: 3);
}
