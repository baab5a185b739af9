using LanguageExt;
using Marketplace.Core;

namespace Marketplace.Shell.Http;

/// <summary>Everything that is wrong with the fields of a request, as one 400. Source: contract §B.0, <c>error.fields</c>.</summary>
internal static class FieldProblem
{
    public static PartnerErrorResult From(Seq<FieldError> errors) =>
        PartnerResults.ValidationError(
            string.Join(" ", errors.Select(error => $"{error.Key}: {error.Message}")),
            [.. errors.Select(error => new PartnerErrorField(error.Key, error.Message))]);
}
