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
        new DeviceStates(DeviceAnswer.Known),
        new DeviceStates(DeviceAnswer.Online),
        new DeviceStates(DeviceAnswer.Fresh),
        new NoiseOfPeriod("noise.ld", NoisePeriod.Day),
        new NoiseOfPeriod("noise.ln", NoisePeriod.Night),
        new YearShare(),
    }.Concat(Projects.All).ToFrozenDictionary(static c => c.Name, StringComparer.Ordinal);
}
