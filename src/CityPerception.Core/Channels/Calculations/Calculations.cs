using System.Collections.Frozen;
using CityPerception.Core.Standards;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>Every calculation there is. A new one is a file in this folder and a line here.</summary>
public static class Calculations
{
    /// <summary>By the names that channel files write.</summary>
    public static FrozenDictionary<string, ICalculation> All { get; } = new ICalculation[]
    {
        new OpenCases(onlyOverdue: false),
        new OpenCases(onlyOverdue: true),
        new Repeats("hotline_ticket"),
        new Repeats("incident"),
        new Repeats("business_tip"),
        new DeviceStates(DeviceAnswer.Known),
        new DeviceStates(DeviceAnswer.Online),
        new DeviceStates(DeviceAnswer.Fresh),
        new NoiseOfPeriod("noise.ld", NoisePeriod.Day),
        new NoiseOfPeriod("noise.ln", NoisePeriod.Night),
        new NoiseOfPeriod("noise.ldn", null),
        new NoiseOver(),
        new NoiseCompliance("noise.day_met", NoisePeriod.Day, met: true),
        new NoiseCompliance("noise.day_judged", NoisePeriod.Day, met: false),
        new NoiseCompliance("noise.night_met", NoisePeriod.Night, met: true),
        new NoiseCompliance("noise.night_judged", NoisePeriod.Night, met: false),
        new AirQuality("air.aqi_hour", ViewWindow.Hour),
        new AirQuality("air.aqi_day", ViewWindow.Day),
        new AirDays("air.good_days", 100),
        new AirDays("air.valid_days", int.MaxValue),
        new WaterClasses(),
        new WaterCounts("water.sections", static (_, _) => true),
        new WaterCounts("water.good_sections", static (_, s) => s.Class.Class <= 3),
        new WaterCounts("water.on_target", static (sites, s) => sites.TargetOf(s.Site.Device) is { } target ? s.Class.Class <= target : null),
        new WaterCounts("water.targeted", static (sites, s) => sites.TargetOf(s.Site.Device) is null ? null : true),
        new EmissionExceeded("emission.exceed_hours", isGas: true, hours: true),
        new EmissionExceeded("emission.exceed_multiple", isGas: true, hours: false),
        new EmissionExceeded("discharge.exceed_hours", isGas: false, hours: true),
        new EmissionExceeded("discharge.exceed_multiple", isGas: false, hours: false),
        new YearShare(),
        new Completeness("device.samples_expected", arrived: false),
        new Completeness("device.samples_arrived", arrived: true),
        new EffectiveHours("hj212.hours_due", valid: false),
        new EffectiveHours("hj212.hours_valid", valid: true),
        new TopicBurst("sentiment.burst", count: false),
        new TopicBurst("sentiment.burst_posts", count: true),
        new HotTopics(),
        new Resonance("resonance.both", ResonanceAnswer.Both),
        new Resonance("resonance.human_only", ResonanceAnswer.HumanOnly),
        new Resonance("resonance.thing_only", ResonanceAnswer.ThingOnly),
        new Resonance("resonance.lead", ResonanceAnswer.Lead),
        new ExceedanceToCase(),
        new ArrivalDelays(),
    }.Concat(Projects.All).ToFrozenDictionary(static c => c.Name, StringComparer.Ordinal);
}
