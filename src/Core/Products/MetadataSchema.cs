using LanguageExt;
using Marketplace.Core.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Products;

/// <summary>What a customer fills in for a resource of a product. Source: contract §C.5.</summary>
/// <remarks>
/// A key that no field has is kept as it was sent: Vercel may send more than is documented, and shows what it gets back.
/// </remarks>
public sealed record MetadataSchema(Seq<MetadataField> Fields)
{
    /// <summary>For a product that asks nothing.</summary>
    public static readonly MetadataSchema Nothing = new(Seq<MetadataField>());

    /// <summary>What a form begins with.</summary>
    public Map<string, MetadataValue> Defaults() =>
        toMap(Fields.Bind(field => field.Control.DefaultValue.Map(value => (field.Key, value)).ToSeq()));

    /// <summary>What the form calls a property; the property itself where the form has no such field.</summary>
    public string LabelOf(string key) => Fields.Find(field => field.Key == key).Match(field => field.Label, () => key);

    /// <summary>The metadata of a new resource: what was given, and the defaults of what was not. Else every field that is wrong.</summary>
    public Validation<FieldError, Map<string, MetadataValue>> Create(SentMetadata given) =>
        Complete(Map<string, MetadataValue>(), given, MetadataForm.Create, given.Unreadable);

    /// <summary>
    /// The metadata after an update: what is not given stays, and what is locked stays too. What does not change is not judged: the form
    /// may have become another one since it was filled in.
    /// </summary>
    public Validation<FieldError, Map<string, MetadataValue>> Update(Map<string, MetadataValue> current, SentMetadata given) =>
        Complete(current, given, MetadataForm.Update, given.Unreadable + Locked(current, given.Values));

    /// <summary>
    /// The metadata that a form stands for while it is being filled in: what is not given is its default or stays open, also where it
    /// is required. What is given must fit.
    /// </summary>
    public Validation<FieldError, Map<string, MetadataValue>> Draft(SentMetadata given) => AsOptional().Create(given);

    /// <summary>The same for a resource that exists: what is not given is as it is now, and what is locked stays so.</summary>
    public Validation<FieldError, Map<string, MetadataValue>> Draft(Map<string, MetadataValue> current, SentMetadata given) =>
        AsOptional().Update(current, given);

    /// <summary>The same form, of which nothing has to be filled in.</summary>
    private MetadataSchema AsOptional() => new(Fields.Map(field => field with { Required = false }).Strict());

    private Seq<FieldError> Locked(Map<string, MetadataValue> current, Map<string, MetadataValue> given) =>
        Fields
            .Filter(field => field.IsLockedOnUpdate)
            .Filter(field => given.Find(field.Key).Exists(value => current.Find(field.Key) != Some(value)))
            .Map(field => new FieldError(field.Key, $"{field.Label} cannot be changed."))
            .Strict();

    /// <param name="wrong">What is known to be wrong already, of which nothing more is said.</param>
    private Validation<FieldError, Map<string, MetadataValue>> Complete(
        Map<string, MetadataValue> current, SentMetadata given, MetadataForm form, Seq<FieldError> wrong)
    {
        var completed = current.AddOrUpdateRange(given.Values.AsEnumerable());
        var errors = wrong;
        foreach (var field in Fields.Filter(field => !wrong.Exists(error => error.Key == field.Key)))
        {
            var value = completed.Find(field.Key) || field.Control.DefaultValue;
            completed = value.Match(some => completed.AddOrUpdate(field.Key, some), () => completed);
            var complaint = value.Match(
                some => current.Find(field.Key) == value ? None : MetadataFit.Complaint(field, some), () => field.ComplaintWhenAbsent(form));
            errors = complaint.Match(message => errors.Add(new FieldError(field.Key, message)), () => errors);
        }

        return errors.IsEmpty
            ? Validation<FieldError, Map<string, MetadataValue>>.Success(completed)
            : Validation<FieldError, Map<string, MetadataValue>>.Fail(errors.Strict());
    }
}

/// <summary>One property of a product's metadata.</summary>
/// <param name="Label">What the form calls it.</param>
/// <param name="Hidden">Where the form does not show it.</param>
/// <param name="ReadOnly">Where the form shows it, but nobody can change it.</param>
public sealed record MetadataField(
    string Key, string Label, MetadataControl Control, bool Required, FieldRule Hidden, FieldRule ReadOnly)
{
    internal bool IsLockedOnUpdate =>
        Hidden is FieldRule.Always or FieldRule.OnUpdate || ReadOnly is FieldRule.Always or FieldRule.OnUpdate;

    /// <summary>Only what the customer could have filled in can be asked of the customer.</summary>
    internal Option<string> ComplaintWhenAbsent(MetadataForm form) =>
        Required && IsOpenOn(Hidden, form) && IsOpenOn(ReadOnly, form) ? Some($"{Label} is required.") : None;

    private static bool IsOpenOn(FieldRule rule, MetadataForm form) => rule switch
    {
        FieldRule.Never => true,
        FieldRule.OnCreate => form != MetadataForm.Create,
        FieldRule.OnUpdate => form != MetadataForm.Update,
        FieldRule.Always or FieldRule.Sometimes => false,
        _ => throw new System.Diagnostics.UnreachableException(rule.ToString()),
    };
}

/// <summary>Where <c>ui:hidden</c> or <c>ui:read-only</c> applies.</summary>
public enum FieldRule
{
    Never,
    OnCreate,
    OnUpdate,
    Always,

    /// <summary>An expression that only Vercel's form evaluates, so nothing can be concluded from it here.</summary>
    Sometimes,
}

internal enum MetadataForm
{
    Create,
    Update,
}
