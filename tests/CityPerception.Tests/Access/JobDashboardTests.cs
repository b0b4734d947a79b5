using System.Net;
using System.Text.RegularExpressions;
using CityPerception.Storage.Operations.Access;
using CityPerception.TestKit;
using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace CityPerception.Tests.Access;

/// <summary>The jobs in a browser: who sees them, who may change them, and that nothing of it comes from elsewhere.</summary>
public sealed partial class JobDashboardTests(PeopleServer server) : IClassFixture<PeopleServer>
{
    private const string Job = "rollup city 1m";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_AskThisServerAloneForWhatTheyShow()
    {
        using HttpClient engineer = await AsAsync(UserRoles.Engineer);
        using HttpResponseMessage page = await engineer.GetAsync("/hangfire/recurring", Ct);
        string html = await page.Content.ReadAsStringAsync(Ct);
        Assert.Contains(Job, html, StringComparison.Ordinal);

        string[] files = [.. Loaded().Matches(html).Select(m => m.Groups[1].Value).Where(static f => !f.StartsWith("data:", StringComparison.Ordinal))];
        Assert.True(files.Length >= 2, html);
        foreach (string file in files)
        {
            Assert.StartsWith("/hangfire/", file, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await engineer.GetAsync(file, Ct)).StatusCode);
        }

        string policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src 'self' 'unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotMatch("https?:|\\*", policy);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal); // it would not run
    }

    [Fact]
    public async Task Auditor_SeesTheJobsAndChangesNone()
    {
        using HttpClient auditor = await AsAsync(UserRoles.Auditor), engineer = await AsAsync(UserRoles.Engineer);
        Assert.Contains(Job, await auditor.GetStringAsync("/hangfire/recurring", Ct), StringComparison.Ordinal);
        Assert.DoesNotContain("recurring/remove", await auditor.GetStringAsync("/hangfire/recurring", Ct), StringComparison.Ordinal);
        Assert.Contains("recurring/remove", await engineer.GetStringAsync("/hangfire/recurring", Ct), StringComparison.Ordinal);

        Assert.Contains((await RemoveAsync(auditor)).StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden });
        Assert.Contains(Job, Jobs());
    }

    [Fact]
    public async Task Engineer_TriggersAJob()
    {
        using HttpClient engineer = await AsAsync(UserRoles.Engineer);
        using var jobs = new FormUrlEncodedContent([new("jobs[]", Job)]);
        Assert.True((await engineer.PostAsync("/hangfire/recurring/trigger", jobs, Ct)).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Stranger_WithABrowser_IsSentToSignIn()
    {
        using HttpClient stranger = server.Stranger();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/hangfire/");
        request.Headers.Add("Accept", "text/html");
        using HttpResponseMessage answer = await stranger.SendAsync(request, Ct);
        Assert.Equal("/sign-in", answer.Headers.Location?.OriginalString.Split('?')[0]);
    }

    [Fact]
    public async Task AJobThatFailed_IsAmongTheRetriesWithItsReason()
    {
        string id = server.Parts.GetRequiredService<IBackgroundJobClient>().Enqueue(() => FailingJob.Run());
        using HttpClient engineer = await AsAsync(UserRoles.Engineer);
        await Until.TrueAsync("it is to be tried again", async () => (await engineer.GetStringAsync("/hangfire/retries", Ct)).Contains("/hangfire/jobs/details/" + id, StringComparison.Ordinal), Ct);
        Assert.Contains("the store is away", await engineer.GetStringAsync("/hangfire/jobs/details/" + id, Ct), StringComparison.Ordinal);
    }

    private string[] Jobs()
    {
        using IStorageConnection connection = server.Parts.GetRequiredService<JobStorage>().GetConnection();
        return [.. connection.GetRecurringJobs().Select(j => j.Id)];
    }

    private static async Task<HttpResponseMessage> RemoveAsync(HttpClient client)
    {
        using var jobs = new FormUrlEncodedContent([new("jobs[]", Job)]);
        return await client.PostAsync("/hangfire/recurring/remove", jobs, Ct);
    }

    private async Task<HttpClient> AsAsync(string role)
    {
        (string name, string password) = await server.AddUserAsync(role);
        return await server.SignInAsync(name, password);
    }

    [GeneratedRegex("<(?:script|link|img)[^>]*?(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Loaded();
}

/// <summary>Fails, and is tried again in an hour.</summary>
public static class FailingJob
{
    [AutomaticRetry(Attempts = 1, DelaysInSeconds = [3600])]
    public static void Run() => throw new InvalidOperationException("the store is away");
}
