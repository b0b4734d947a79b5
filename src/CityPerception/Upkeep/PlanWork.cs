using CityPerception.Configuration;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Hosting;
using CityPerception.Storage.Operations.Rollups;
using CityPerception.Storage.Plans;

namespace CityPerception.Upkeep;

/// <summary>A changed configuration beside the present one, by a server or a command.</summary>
internal sealed class PlanWork(PlanComparison comparison, RollupState state, CurrentPlan current, ServeArguments arguments, TimeProvider clock)
{
    // What sites have to keep to makes no observations: KPIs alone read it.
    private static readonly string[] Compared = [.. new[] { SiteLimits.Permits, SiteLimits.Targets }.Select(static t => $"{IngestPlan.LookupsFolder}{t}.csv")];

    public const int DefaultDays = 7, MaxDays = 92;

    /// <summary>The days that may be asked for, in words.</summary>
    public static readonly string AllowedDays = $"1 to {MaxDays}";

    /// <summary>Compiles what is sent; null, with what is wrong, if it does not hold together.</summary>
    public static IngestPlan? Compile(IReadOnlyDictionary<string, byte[]> files, out IReadOnlyList<ConfigFault> wrong)
    {
        var faults = new ConfigFaults();
        IngestPlan? plan = IngestPlan.Load(files.ToDictionary(), faults);
        wrong = faults.All;
        return faults.All.Count == 0 ? plan : null;
    }

    /// <summary>Compares the two over the last days. Writes nothing.</summary>
    public async Task<PlanAnswer> CompareAsync(IngestPlan changed, IReadOnlyDictionary<string, byte[]> files, int days, Func<PlanEvent, ValueTask> say, CancellationToken cancellationToken)
    {
        IngestPlan now = current.Plan;
        DateTimeOffset to = clock.GetUtcNow(), from = to.AddDays(-days);
        List<string> others = NotCompared(files);
        try
        {
            DateTimeOffset kept = await state.KeptFromAsync(cancellationToken);
            if (from < kept) from = kept;
            IReadOnlyList<KpiDifference> differences = await comparison.RunAsync(
                new PlanSide(now.City, now.Channels.Values), new PlanSide(changed.City, changed.Channels.Values), from,
                (done, what) => say(new PlanEvent(new WorkProgress(done, what), null)), cancellationToken);
            return new PlanAnswer(from, to, [.. differences.Select(PlanItem.Of)], others, null);
        }
        catch (Exception e) when (UpkeepWork.WhyStopped(e) is { } why)
        {
            return new PlanAnswer(from, to, [], others, why);
        }
    }

    // What makes observations of messages: those are not kept, so it cannot be run over them again.
    private List<string> NotCompared(IReadOnlyDictionary<string, byte[]> files)
    {
        Dictionary<string, byte[]> present = ConfigDirectory.ReadFiles(arguments.ConfigDirectory, new ConfigFaults());
        return [.. files.Keys.Union(present.Keys)
            .Where(static f => !f.StartsWith(IngestPlan.ChannelsFolder, StringComparison.Ordinal) && !Compared.Contains(f))
            .Where(f => !files.TryGetValue(f, out byte[]? a) || !present.TryGetValue(f, out byte[]? b) || !a.AsSpan().SequenceEqual(b))
            .Order(StringComparer.Ordinal)];
    }
}
