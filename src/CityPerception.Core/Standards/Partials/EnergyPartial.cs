namespace CityPerception.Core.Standards.Partials;

/// <summary>An energy mean of levels (class EN; GB 3096-2008, 3.2): Σ t·10^(L/10) and Σ t.</summary>
/// <param name="Energy">Seconds times 10^(L/10).</param>
public readonly record struct EnergyPartial(double Energy, double Seconds) : IPartial<EnergyPartial>
{
    private const string EnergyField = "energy", SecondsField = "seconds";

    public static EnergyPartial Empty => default;

    /// <summary>Leq, dB; null for no time.</summary>
    public double? Value => Seconds > 0 ? Noise.Level(Energy / Seconds) : null;

    /// <summary>A level, dB, that lasted so long.</summary>
    public static EnergyPartial Of(double level, double seconds) => new(seconds * Noise.Energy(level), seconds);

    public EnergyPartial Combine(EnergyPartial other) => new(Energy + other.Energy, Seconds + other.Seconds);

    public void Save(PartialFields fields)
    {
        fields.Set(EnergyField, Energy);
        fields.Set(SecondsField, Seconds);
    }

    public static bool TryLoad(PartialFields fields, out EnergyPartial partial)
    {
        bool isThere = fields.TryGet(EnergyField, out double energy) & fields.TryGet(SecondsField, out double seconds);
        partial = new(energy, seconds);
        return isThere && seconds >= 0 && energy >= 0;
    }
}
