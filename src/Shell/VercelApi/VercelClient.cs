using Marketplace.Jobs.Vercel;

namespace Marketplace.Shell.VercelApi;

/// <summary>Installations, resources and billing over HTTP. Source: contract §D.1, §D.2, §D.4 to §D.9.</summary>
internal sealed partial class VercelClient(VercelCalls calls) : IVercel;
