using System.Text.Json;
using System.Text.Json.Serialization;

namespace ManyHands.Tests.Payloads;

// Types that travel.

internal sealed record Order(int Number, Customer Customer)
{
    public required decimal Total { get; init; }

    public DateTime Placed { get; set; }

    public Uri? Site;

    public Version? Schema { get; init; }

    public double[] Weights { get; init; } = [];

    public (int, string) Size { get; init; }

    public int? Rating { get; init; } = 5;

    public DayOfWeek Day { get; init; }

    public Int128 Big { get; init; }

    public Guid Id { get; init; }
}

internal sealed class Customer
{
    public string? Name { get; set; }

    public List<string> Tags { get; init; } = [];

    public DateOnly Born { get; init; }
}

internal sealed class Lenient
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Retries { get; set; } = 5;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; set; } = "unnamed";
}

internal sealed class Temperature
{
    public static int Computed { get; private set; }

    public double Kelvin { get; set; }

    public Type Unit => Kelvin is double.NaN ? typeof(float) : throw new InvalidOperationException("never read");

    public string? Unused { get; set; }

    public double Celsius
    {
        get
        {
            Computed++;
            return Kelvin - 273.15;
        }

        set
        {
            Computed++;
            Kelvin = value + 273.15;
        }
    }
}

[JsonDerivedType(typeof(Circle), "circle")]
[JsonDerivedType(typeof(Square), "square")]
internal abstract class Shape;

internal sealed class Circle : Shape
{
    public double Radius { get; set; }
}

internal sealed class Square : Shape
{
    public double Side { get; set; }
}

[JsonDerivedType(typeof(Cat), "cat")]
internal interface IAnimal;

internal sealed class Cat : IAnimal
{
    public int Lives { get; set; }
}

[JsonConverter(typeof(CelsiusConverter))]
internal sealed class Celsius(double degrees)
{
    private readonly double _degrees = degrees;

    public double Degrees => _degrees;
}

internal sealed class CelsiusConverter : JsonConverter<Celsius>
{
    public override Celsius Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetDouble());

    public override void Write(Utf8JsonWriter writer, Celsius value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Degrees);
}

internal sealed class Account
{
    [JsonInclude]
    private decimal _balance;

    [JsonInclude]
    public int Deposits { get; private set; }

    public decimal Balance => _balance;

    public void Deposit(decimal amount)
    {
        _balance += amount;
        Deposits++;
    }
}

internal sealed class Tree
{
    public string? Name { get; set; }

    public Tree? Child { get; set; }
}

internal sealed class Prefilled
{
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public List<string> Names { get; set; } = ["first"];

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? More { get; set; }

    [JsonPropertyName("$type")]
    public string? Kind { get; set; }
}

internal sealed class Texts
{
    public ReadOnlyMemory<char> Slice { get; set; }

    public Memory<byte> Bytes { get; set; }

    public Point? Corner { get; set; }

    public required Point Centre { get; init; }

    public readonly record struct Point(int X, string? Label);
}
