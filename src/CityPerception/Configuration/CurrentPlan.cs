using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Hosting;

namespace CityPerception.Configuration;

/// <summary>The plan that runs. A reload swaps it whole; a message keeps the one it began with.</summary>
internal sealed class CurrentPlan(ServeArguments arguments, ILogger<CurrentPlan> logger)
{
    private readonly Lock _gate = new();
    private IngestPlan? _plan;
    private IReadOnlyList<ConfigFault> _faults = [];

    /// <summary>The plan. Null until <see cref="Load"/> has succeeded once.</summary>
    public IngestPlan Plan => Volatile.Read(ref _plan) ?? throw new InvalidOperationException("The configuration has not been loaded.");

    /// <summary>The plan, or null before <see cref="Load"/> has succeeded.</summary>
    public IngestPlan? Find() => Volatile.Read(ref _plan);

    /// <summary>What is wrong with the files as they are now; the plan is then the one from before.</summary>
    public IReadOnlyList<ConfigFault> Faults => Volatile.Read(ref _faults);

    /// <summary>How many files were read.</summary>
    public int FileCount { get; private set; }

    /// <summary>Called after each new plan.</summary>
    public event Action<IngestPlan>? Changed;

    /// <summary>Reads the files again. A broken change keeps the old plan and says so.</summary>
    public bool Load()
    {
        lock (_gate)
        {
            LoadedConfig loaded = ConfigDirectory.Load(arguments.ConfigDirectory);
            FileCount = loaded.Files;
            Volatile.Write(ref _faults, loaded.Faults);
            if (loaded.Plan is not { } plan)
            {
                if (_plan is not null) logger.KeptOldPlan(loaded.Faults.Count, loaded.Faults[0].ToString());
                return false;
            }

            bool isFirst = _plan is null;
            Volatile.Write(ref _plan, plan);
            if (!isFirst) logger.Reloaded(plan.Sources.Count, plan.Measurements.ByName.Count);
            Changed?.Invoke(plan);
            return true;
        }
    }
}
