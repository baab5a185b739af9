namespace Marketplace.Integration.Conformance.Provider;

/// <summary>What the provider does wrong, one thing at a time. Each is a mistake that a real provider has made, or could.</summary>
internal enum Breakage
{
    /// <summary>Anybody's key is as good as Vercel's.</summary>
    IgnoresSignature,

    /// <summary>A token that says <c>alg: none</c> needs no signature.</summary>
    AcceptsUnsignedTokens,

    /// <summary>A token of any other issuer is taken.</summary>
    IgnoresIssuer,

    /// <summary>A token for another integration is taken.</summary>
    IgnoresAudience,

    /// <summary>A token never ends.</summary>
    IgnoresExpiry,

    /// <summary>A token is good before it begins.</summary>
    IgnoresNotBefore,

    /// <summary>The keys of the first day are the only ones that are ever trusted.</summary>
    NeverFetchesKeysAgain,

    /// <summary>A key that was published once is trusted for ever.</summary>
    KeepsWithdrawnKeys,

    /// <summary>Who may not call is told so once the call is done.</summary>
    RefusesAfterTheDeed,

    /// <summary>A token of one installation opens every other.</summary>
    IgnoresInstallation,

    /// <summary>Whoever may only look may also change.</summary>
    IgnoresRole,

    /// <summary>What only a person may ask for is done for Vercel itself as well.</summary>
    IgnoresStyle,

    /// <summary>A token without a role counts as one without rights, also when Vercel itself calls.</summary>
    TakesSystemForViewer,

    /// <summary>Plans are shown to installations only, though the product is looked at before there is one.</summary>
    HidesPlansBeforeInstallation,

    /// <summary>A resource is served under whatever installation the path names.</summary>
    ServesForeignResources,

    /// <summary>Refusals are a sentence, and no JSON.</summary>
    RefusesInPlainText,

    /// <summary>Refusals have their code and message at the top, without <c>error</c> around them.</summary>
    RefusesInAnotherShape,

    /// <summary>A path that nobody serves ends in a 500.</summary>
    FailsOnUnknownPaths,

    /// <summary>A body with a field that nobody has heard of is refused.</summary>
    RefusesUnknownFields,

    /// <summary>A body that is no JSON ends in a 500.</summary>
    FailsOnBrokenJson,

    /// <summary>A DELETE that brings a body ends in a 500.</summary>
    FailsOnDeleteBody,

    /// <summary>A new resource comes without its secrets.</summary>
    ForgetsSecretsOfAnswer,

    /// <summary>Whoever reads a resource gets its secrets as well.</summary>
    ShowsSecretsToReaders,

    /// <summary>Plans are listed without a description.</summary>
    DescribesNoPlan,

    /// <summary>Amounts of plans are numbers.</summary>
    WritesAmountsAsNumbers,

    /// <summary>A resource is made whatever its metadata are.</summary>
    AcceptsAnyMetadata,

    /// <summary>A plan that is not sold is taken all the same.</summary>
    AcceptsAnyPlan,

    /// <summary>A plan that is not sold is refused, and another one is taken in its place all the same.</summary>
    TakesWhatItRefuses,

    /// <summary>The same installation once more begins from nothing.</summary>
    LosesDataAtReconsent,

    /// <summary>The token of the first consent is used for ever.</summary>
    KeepsFirstToken,

    /// <summary>A name that is changed stays what it was.</summary>
    ForgetsNewName,

    /// <summary>A plan that is changed stays what it was.</summary>
    ForgetsNewPlan,

    /// <summary>A resource that is deleted still opens.</summary>
    ServesAfterDelete,

    /// <summary>To delete what is deleted is refused.</summary>
    RefusesSecondDelete,

    /// <summary>Resources of an installation that is gone still open.</summary>
    ServesAfterUninstall,

    /// <summary>A repeated call is done anew, under a new id.</summary>
    ForgetsIdempotencyKeys,

    /// <summary>A repeated call is known only once the first is answered.</summary>
    RacesIdempotencyKeys,

    /// <summary>The answer to one operation is given to another with the same key.</summary>
    MixesIdempotencyKeys,

    /// <summary>Old secrets die at once, whatever delay was asked for.</summary>
    KillsOldSecretsAtRotation,

    /// <summary>Old secrets never die.</summary>
    KeepsOldSecretsForever,

    /// <summary>A rotation gives out the secrets that were there.</summary>
    RepeatsOldSecrets,

    /// <summary>A delay of any length is taken.</summary>
    AcceptsAnyDelay,

    /// <summary>A console that is read-only writes.</summary>
    WritesInReadOnlyConsole,

    /// <summary>A purchase that is told twice is credited twice.</summary>
    CreditsEveryCall,

    /// <summary>A purchase that is told twice at the same time is credited twice.</summary>
    CreditsConcurrentCalls,

    /// <summary>A purchase is credited before it is paid.</summary>
    CreditsUnpaid,

    /// <summary>A purchase is answered with what was bought, not with what is there.</summary>
    StatesWhatWasBought,

    /// <summary>The source may accept its own transfer.</summary>
    AcceptsOwnTransfer,

    /// <summary>An installation may offer what another one has.</summary>
    OffersForeignResources,

    /// <summary>Whoever comes second still gets what somebody else has claimed.</summary>
    AcceptsTransferTwice,

    /// <summary>A transfer is accepted when its time is over.</summary>
    AcceptsExpiredTransfer,

    /// <summary>Whoever has claimed and asks again is told that it is too late.</summary>
    RefusesWinnersRepetition,

    /// <summary>What was transferred is missing from the list of whoever has it now.</summary>
    ForgetsTransferredResources,

    /// <summary>Secrets of what is transferred die, though projects stay connected.</summary>
    KillsSecretsAtTransfer,

    /// <summary>A webhook is acknowledged whatever its signature is.</summary>
    IgnoresWebhookSignature,

    /// <summary>The signature is held against the JSON as it would be written here, not against the bytes that came.</summary>
    SignsWhatWasParsed,

    /// <summary>A purchase is credited when Vercel tells of it, and once more when the webhook of its invoice comes.</summary>
    CreditsByWebhookToo,

    /// <summary>A webhook of a type that nobody has heard of is refused.</summary>
    RefusesUnknownWebhooks,

    /// <summary>A code of single sign-on signs on whoever brings it, unasked.</summary>
    TrustsAnyCode,

    /// <summary>Single sign-on leads to whatever address is named.</summary>
    RedirectsAnywhere,

    /// <summary>A sign-on that began here is taken with any state.</summary>
    TrustsAnyState,

    /// <summary>Every third hour has no billing data.</summary>
    SkipsHours,

    /// <summary>Running totals begin anew every day.</summary>
    LetsTotalsFall,

    /// <summary>Prepaid use is invoiced once more.</summary>
    InvoicesPrepaidPlans,

    /// <summary>An invoice whose answer was lost is sent once more, as another one.</summary>
    InvoicesTwiceAfterLostAnswer,

    /// <summary>No invoice is ever sent.</summary>
    NeverInvoices,

    /// <summary>An invoice has another external id each time that it is sent.</summary>
    InvoicesUnderRandomIds,

    /// <summary>Who uninstalls is finalized at once, whatever is still to be billed.</summary>
    FinalizesUnbilled,

    /// <summary>It asks to be finalized while its last invoice is open.</summary>
    FinalizesUnpaid,

    /// <summary>What is not paid at the first attempt is destroyed.</summary>
    DestroysAtFirstFailure,

    /// <summary>What is suspended stays so when it is paid.</summary>
    NeverResumes,
}
