namespace Marketplace.Core;

/// <summary>One thing that is wrong with what somebody sent. Source: contract §B.0, <c>error.fields</c>.</summary>
/// <param name="Key">The field's own name, or the metadata property's, under which Vercel shows it in its form.</param>
/// <param name="Message">What is wanted, for the customer to read.</param>
public sealed record FieldError(string Key, string Message);
