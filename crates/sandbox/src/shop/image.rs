//! Pictures of products: small PNG files, generated from a product's id.

use std::io::Write as _;

use flate2::{Compression, Crc, write::ZlibEncoder};

/// Pixels on each side.
const SIDE: u32 = 64;
const SQUARE: u32 = 8;

/// The path of a product's picture in the sandbox.
pub(crate) fn image_path(product: i64, number: u8) -> String {
    format!("/kf/S{product}_{number}.png")
}

/// The product and the number of the picture that is served at this path.
pub(crate) fn image_of_path(path: &str) -> Option<(i64, u8)> {
    let name = path.strip_prefix("/kf/S")?.strip_suffix(".png")?;
    let (product, number) = name.split_once('_')?;
    Some((product.parse().ok()?, number.parse().ok()?))
}

/// The picture: squares in two colours, symmetric from left to right, different for each product and number.
pub(crate) fn png(product: i64, number: u8) -> Vec<u8> {
    let mut rng = fastrand::Rng::with_seed(product.unsigned_abs() ^ (u64::from(number) << 56));
    let colours: [[u8; 3]; 2] = [
        std::array::from_fn(|_| rng.u8(150..)),
        std::array::from_fn(|_| rng.u8(..110)),
    ];
    let rows = SIDE / SQUARE;
    let pattern: Vec<bool> = (0..rows * rows / 2).map(|_| rng.bool()).collect();
    let mut pixels = Vec::new();
    for y in 0..SIDE {
        // The row is stored as it is, without a filter.
        pixels.push(0);
        for x in 0..SIDE {
            let (row, column) = (y / SQUARE, x / SQUARE);
            let mirrored = column.min(rows - 1 - column);
            let is_set = pattern[(row * rows / 2 + mirrored) as usize];
            pixels.extend(colours[usize::from(is_set)]);
        }
    }
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let size = SIDE.to_be_bytes();
    // Eight bits of red, green and blue each.
    chunk(
        &mut file,
        b"IHDR",
        &[&size[..], &size, &[8, 2, 0, 0, 0]].concat(),
    );
    chunk(&mut file, b"IDAT", &deflated(&pixels));
    chunk(&mut file, b"IEND", &[]);
    file
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

fn chunk(file: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let mut sum = Crc::new();
    sum.update(name);
    sum.update(data);
    file.extend(length.to_be_bytes());
    file.extend(name);
    file.extend(data);
    file.extend(sum.sum().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn every_picture_is_a_different_png() {
        let first = png(1_005_004_567_890_123, 0);
        assert_eq!(first, png(1_005_004_567_890_123, 0));
        assert_ne!(first, png(1_005_004_567_890_123, 1));
        assert_ne!(first, png(1_005_004_567_890_124, 0));
        // Signature, header of 25 bytes, then the pixels after length and name of their chunk.
        let (head, rest) = first.split_at(33);
        assert_eq!(&head[..8], b"\x89PNG\r\n\x1a\n");
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        let mut pixels = Vec::new();
        let mut decoder = flate2::read::ZlibDecoder::new(&rest[8..8 + length]);
        decoder.read_to_end(&mut pixels).unwrap();
        assert_eq!(pixels.len(), (SIDE * (3 * SIDE + 1)) as usize);
    }

    #[test]
    fn paths_and_pictures_belong_together() {
        assert_eq!(image_of_path(&image_path(5, 2)), Some((5, 2)));
        assert_eq!(image_of_path("/kf/S5.png"), None);
        assert_eq!(image_of_path("/"), None);
    }
}
