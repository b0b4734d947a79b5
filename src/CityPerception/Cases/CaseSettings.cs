using CityPerception.Configuration;
using CityPerception.Core.Cases;
using CityPerception.Core.Mapping;

namespace CityPerception.Cases;

/// <summary>What of the configuration of now counts for cases.</summary>
internal sealed class CaseSettings(CurrentPlan current)
{
    private Made? _made;

    public CaseTerms Terms
    {
        get
        {
            IngestPlan plan = current.Plan;
            Made? made = Volatile.Read(ref _made);
            if (made is null || !ReferenceEquals(made.Plan, plan)) Volatile.Write(ref _made, made = new Made(plan, CaseTerms.Of(plan)));
            return made.Terms;
        }
    }

    private sealed record Made(IngestPlan Plan, CaseTerms Terms);
}
