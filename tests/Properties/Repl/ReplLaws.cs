using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Core.Repl;
using Marketplace.Core.Resources;
using Marketplace.Properties.Products;
using Marketplace.Properties.Resources;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Repl;

public sealed class ReplLaws
{
    [Fact]
    public void Joining_keeps_every_row_and_paragraph_in_order() =>
        Law.Holds(AnyRepl.Blocks, blocks => Contents(ReplBlock.Joined(blocks)) == Contents(blocks));

    [Fact]
    public void Joining_twice_equals_joining_once() =>
        Law.Holds(AnyRepl.Blocks, blocks => ReplBlock.Joined(ReplBlock.Joined(blocks)) == ReplBlock.Joined(blocks));

    [Fact]
    public void A_table_that_came_in_pieces_is_joined_to_what_it_was() =>
        Law.Holds(
            from before in AnyRepl.Sentence
            from table in AnyRepl.WholeTable
            from cuts in Gen.SubListOf(Enumerable.Range(0, table.Rows.Count + 1))
            from after in Gen.OneOf(AnyRepl.Sentence, AnyRepl.WholeTable.Select(table => (ReplBlock)table))
            select (before, table, cuts, after),
            given =>
            {
                var ends = given.cuts.Order().Append(given.table.Rows.Count).ToArray();
                var starts = ends.Prepend(0).ToArray();
                var pieces = ends.Select((end, at) => (ReplBlock)new ReplBlock.Table(
                    at == 0 ? given.table.Header : None, given.table.Rows.Skip(starts[at]).Take(end - starts[at]).Strict()));
                return ReplBlock.Joined(pieces.Prepend(given.before).Append(given.after).ToSeq().Strict())
                    == Seq(given.before, given.table, given.after);
            });

    [Fact]
    public void A_resource_that_was_made_here_answers_commands_exactly_while_it_is_in_service() =>
        Law.Holds(
            from product in AnyCatalogue.Product("acme-postgres")
            from resource in AnyResource.State
            select (product: product with { Repl = new ProductRepl(SupportsReadOnlyMode: true, None) }, resource),
            given => RunReplCommand.Allowed(given.product, given.resource, AnyRepl.Command("SELECT 1", isReadOnly: true)).IsRight
                == given.resource is { Facts.IsOurs: true } and (Resource.Onboarding or Resource.Ready or Resource.Resumed));

    [Fact]
    public void What_must_only_read_is_refused_where_there_is_no_read_only_mode() =>
        Law.Holds(
            from product in AnyCatalogue.Product("acme-postgres")
            from resource in AnyResource.State
            from isReadOnly in Gen.Elements(true, false)
            select (product, resource, isReadOnly),
            given => RunReplCommand.Allowed(given.product, given.resource, AnyRepl.Command("SELECT 1", given.isReadOnly)).IsLeft
                || given.product.Repl.Exists(repl => !given.isReadOnly || repl.SupportsReadOnlyMode));

    [Fact]
    public void A_command_is_never_printed() =>
        Law.Holds(Gen.Elements("hunter2", "ALTER ROLE me PASSWORD 'x'"), input =>
            !AnyRepl.Command(input, isReadOnly: false).ToString().Contains(input, StringComparison.Ordinal));

    [Fact]
    public void A_command_is_taken_exactly_when_it_is_short_and_can_be_stored() =>
        Law.Holds(
            from excess in Gen.Choose(-2, 2)
            from hasNul in Gen.Elements(true, false)
            let input = new string('x', ReplCommand.InputCharactersMax + excess - 1) + (hasNul ? '\0' : 'y')
            select (input, excess, hasNul),
            given => ReplCommand.Parse(given.input, isReadOnly: false).Match(
                Succ: command => command.Input == given.input && given is { excess: <= 0, hasNul: false },
                Fail: errors => given is { excess: > 0 } or { hasNul: true } && errors.ForAll(error => error.Key == "input")));

    /// <summary>Paragraphs and rows, one after the other, whatever block they are in.</summary>
    private static Seq<Seq<ReplText>> Contents(Seq<ReplBlock> blocks) =>
        blocks.Bind(block => block switch
        {
            ReplBlock.Paragraph paragraph => Seq1(paragraph.Children),
            ReplBlock.Table table => table.Header.ToSeq() + table.Rows,
            _ => throw new System.Diagnostics.UnreachableException(),
        }).Strict();
}
