namespace CityPerception.Core.Standards.Partials;

/// <summary>
/// Wind as a vector: the mean of directions 350° and 10° is 0°, not 180°. The components are those of the speed, so that
/// strong wind counts for more.
/// </summary>
/// <param name="East">Σ speed·sin(direction), m/s.</param>
/// <param name="North">Σ speed·cos(direction), m/s.</param>
/// <param name="Count">Of the measurements, calms among them.</param>
public readonly record struct WindPartial(double East, double North, double Count) : IPartial<WindPartial>
{
    private const string EastField = "east", NorthField = "north", CountField = "n";

    /// <summary>m/s; below it the air is calm (静风) and has no direction.</summary>
    private const double Calm = 0.2;

    public static WindPartial Empty => default;

    /// <summary>Where the mean wind comes from, degrees in [0, 360); null if it is calm, or there is none.</summary>
    public double? Direction
    {
        get
        {
            if (Count == 0 || Speed < Calm) return null;
            double degrees = Math.Atan2(East, North) * 180 / Math.PI;
            double turned = degrees < 0 ? degrees + 360 : degrees;
            return turned >= 360 ? 0 : turned;
        }
    }

    /// <summary>Of the mean vector, m/s; 0 for none.</summary>
    public double Speed => Count > 0 ? Math.Sqrt((East * East) + (North * North)) / Count : 0;

    /// <summary>One measurement: where the wind comes from, degrees, and its speed, m/s.</summary>
    public static WindPartial Of(double direction, double speed)
    {
        double radians = direction * Math.PI / 180, felt = speed < Calm ? 0 : speed;
        return new(felt * Math.Sin(radians), felt * Math.Cos(radians), 1);
    }

    public WindPartial Combine(WindPartial other) => new(East + other.East, North + other.North, Count + other.Count);

    public void Save(PartialFields fields)
    {
        fields.Set(EastField, East);
        fields.Set(NorthField, North);
        fields.Set(CountField, Count);
    }

    public static bool TryLoad(PartialFields fields, out WindPartial partial)
    {
        bool isThere = fields.TryGet(EastField, out double east) & fields.TryGet(NorthField, out double north) & fields.TryGet(CountField, out double count);
        partial = new(east, north, count);
        return isThere && count >= 0;
    }
}
