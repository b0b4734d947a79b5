using CityPerception.Configuration;
using CityPerception.Core.Channels;
using CityPerception.Core.Mapping;
using Hangfire;
using Hangfire.Storage;

namespace CityPerception.Rollups;

/// <summary>Keeps one recurring job for each channel and window that is configured.</summary>
internal sealed class RollupSchedule(IRecurringJobManager jobs, JobStorage storage, CurrentPlan current) : IHostedService
{
    // With seconds. A minute is computed 3 s after its end: of data that are on their way little is then still missing, and
    // what is restates it. Hours and days follow the minutes.
    private static readonly (ViewWindow Window, string Cron)[] Ticks =
        [(ViewWindow.Minute, "3 * * * * *"), (ViewWindow.Hour, "8 * * * * *"), (ViewWindow.Day, "18 * * * * *")];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        current.Changed += Apply;
        if (current.Find() is { } plan) Apply(plan);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        current.Changed -= Apply;
        return Task.CompletedTask;
    }

    private static string IdOf(string channel, string window) => $"rollup {channel} {window}";

    private void Apply(IngestPlan plan)
    {
        HashSet<string> wanted = [];
        foreach (Channel channel in plan.Channels.Values)
        {
            foreach ((ViewWindow window, string cron) in Ticks)
            {
                string id = IdOf(channel.Slug, ViewWindows.NameOf(window));
                wanted.Add(id);
                string slug = channel.Slug, name = ViewWindows.NameOf(window);
                jobs.AddOrUpdate<RollupJobs>(id, r => r.RunAsync(slug, name, CancellationToken.None), cron, new RecurringJobOptions { TimeZone = TimeZoneInfo.Utc, MisfireHandling = MisfireHandlingMode.Relaxed });
            }
        }

        using IStorageConnection connection = storage.GetConnection();
        foreach (RecurringJobDto old in connection.GetRecurringJobs().Where(j => j.Id.StartsWith("rollup ", StringComparison.Ordinal) && !wanted.Contains(j.Id))) jobs.RemoveIfExists(old.Id);
    }
}
