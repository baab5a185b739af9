using System.Net;
using System.Text.Json;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Http;
using Marketplace.Shell.Provisioning.Http;

namespace Marketplace.Shell.Doctor;

/// <summary>The provider's own control plane: it is asked what it holds, signed, and so shows whether it knows our secrets.</summary>
internal sealed class ControlPlaneExamination(ExaminedSettings examined, HttpClient http, TimeProvider clock) : IExamination
{
    public string Subject => "control-plane";

    public async Task<IReadOnlyList<Finding>> Look(CancellationToken cancel)
    {
        if (examined.Settings.HttpProvisioner.ControlPlane is not { } plane)
        {
            return [new Finding.Skipped(examined.Has("HttpProvisioner:Url") && examined.Has("HttpProvisioner:Secrets")
                ? "No control plane is configured, and no product needs one." : "HttpProvisioner__Url or HttpProvisioner__Secrets is missing or wrong: see configuration.")];
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(new ControlPlaneMessage(ControlPlaneQuestion.List), WireJson.Options);
        using var request = new HttpRequestMessage(HttpMethod.Post, plane.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        plane.Secrets.Sign($"doctor_{Guid.CreateVersion7():N}", clock.GetUtcNow(), body).WriteTo(request.Headers);
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return [Of(plane.Url, answer.StatusCode)];
        }
        catch (HttpRequestException fault)
        {
            return [DoctorHttp.NoAnswer(plane.Url, "HttpProvisioner__Url", fault)];
        }
    }

    private static Finding Of(Uri address, HttpStatusCode status) => status switch
    {
        HttpStatusCode.OK => new Finding.Ok($"{address} lists what it holds when it is asked by us."),
        HttpStatusCode.NotImplemented => new Finding.Ok($"{address} answers, and has no list to compare with."),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new Finding.Failed(
            $"{address} answers {DoctorHttp.Words(status)} to what we sign.", "It has to know one of HttpProvisioner__Secrets, and its clock has to be right."),
        _ => new Finding.Failed($"{address} answers {DoctorHttp.Words(status)}.", "HttpProvisioner__Url has to name what takes questions: docs/http-provisioner.md."),
    };
}
