using CityPerception.Core.Standards.Partials;

namespace CityPerception.Core.Standards;

/// <summary>The levels of a civil day (GB 3096-2008, 3.3), dB(A), not rounded; null for a period of which there is nothing.</summary>
/// <param name="Ld">昼间等效声级: of the day's hours.</param>
/// <param name="Ln">夜间等效声级: of the night's hours, those after midnight and those before the next.</param>
/// <param name="Ldn">Of both, if there are both.</param>
/// <param name="Day">What Ld is of, to put days together, and to see how much of the period was measured.</param>
/// <param name="Night">What Ln is of.</param>
public readonly record struct NoiseDay(double? Ld, double? Ln, double? Ldn, EnergyPartial Day, EnergyPartial Night)
{
    /// <summary>From hours, each with the local time at which it begins.</summary>
    public static NoiseDay Of(IEnumerable<(TimeOnly From, EnergyPartial Hour)> hours, NoiseHours periods)
    {
        EnergyPartial day = EnergyPartial.Empty, night = EnergyPartial.Empty;
        foreach ((TimeOnly from, EnergyPartial hour) in hours)
        {
            if (periods.Of(from) == NoisePeriod.Day) day = day.Combine(hour);
            else night = night.Combine(hour);
        }
        double? ldn = day.Value is { } ld && night.Value is { } ln ? Noise.Ldn(ld, ln, periods.DayLength) : null;
        return new NoiseDay(day.Value, night.Value, ldn, day, night);
    }
}
